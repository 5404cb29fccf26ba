// Calls to our own API, uploads with progress, and messages at the foot of the page.

export class ServerError extends Error {
  // `code` is what the server calls the trouble, where it has a name.
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);

const sentence = (body, status) => {
  if (Array.isArray(body)) return body.map((part) => sentence(part, status)).join(" ");
  if (body && typeof body === "object") return body.detail ?? Object.values(body).map((part) => sentence(part, status)).join(" ");
  return body || (status === 0 ? "The server does not answer. Check your connection and try again." : `The server answered ${status}. Try again in a minute.`);
};

export async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ServerError(sentence("", 0));
  }
  if (answer.status === 401 || (answer.redirected && answer.url.includes("/login/"))) location.reload();
  const content = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new ServerError(sentence(content, answer.status), content?.code);
  return content;
}

// Answers {done: a promise of the stored file, cancel()}; `onProgress` gets the share that has left.
export function upload(file, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    request.onload = () => {
      let content = null;
      try { content = JSON.parse(request.responseText); } catch { content = null; }
      if (request.status === 201) resolve(content);
      else reject(new ServerError(sentence(content, request.status)));
    };
    request.onerror = () => reject(new ServerError(sentence("", 0)));
    request.onabort = () => reject(new ServerError("Cancelled."));
  });
  request.open("POST", "/api/files/");
  request.setRequestHeader("X-CSRFToken", cookie("csrftoken"));
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
  return { done, cancel: () => request.abort() };
}

// An element with properties and children; texts are texts, never markup.
export function element(tag, properties = {}, ...children) {
  const made = tag === "svg" || properties.svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "svg" || value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

const TOAST_SECONDS = 10;

export function toast(text, action, act, seconds = TOAST_SECONDS) {
  const box = element("div", { class: "toast" }, element("span", {}, text));
  if (action) box.append(element("button", { type: "button", onclick: () => { box.remove(); act(); } }, action));
  document.querySelector(".toasts").append(box);
  setTimeout(() => box.remove(), seconds * 1000);
}

export const size = (bytes) => {
  const units = ["bytes", "kB", "MB", "GB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit += 1; }
  return `${unit ? bytes.toFixed(1) : bytes} ${units[unit]}`;
};

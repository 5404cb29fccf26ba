// REST calls of the publish dialogue: sentences of the server become errors with that sentence.

const cookie = (name: string) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

function sentence(body: unknown, status: number): string {
  if (typeof body === "string" && body) return body;
  if (Array.isArray(body)) return body.map((part) => sentence(part, status)).join(" ");
  if (body && typeof body === "object") return Object.values(body).map((part) => sentence(part, status)).join(" ");
  return status === 0 ? "The server does not answer. Check your connection and try again." : `The server answered ${status}. Try again in a minute.`;
}

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Error(sentence(null, 0));
  }
  const content: unknown = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Error(sentence(content, answer.status));
  return content as T;
}

// The window that a chart opened: hands a token to the chart's frame, by a message that only the public host gets.
import { call } from "../hub/pages/server.js";

const place = document.querySelector("[data-enter]");
const status = place.querySelector("[data-status]");
const { enter, slug, publicOrigin } = place.dataset;
let isDone = false;

function say(type, more = {}) {
  window.opener?.postMessage({ type, slug, ...more }, publicOrigin);
}

async function knock() {
  if (isDone) return;
  let answer;
  try {
    answer = await call("POST", enter);
  } catch (error) {
    status.textContent = error.message;
    return;
  }
  if (answer.state === "signed-out") return;
  isDone = true;
  if (answer.state === "refused") {
    say("chart-refused");
    status.textContent = "This account may not see the chart. Whoever published it can add your address.";
    return;
  }
  if (!window.opener) {
    status.textContent = "The page with the chart is not there any more. Close this window and open the chart again.";
    return;
  }
  say("chart-token", { token: answer.token });
  window.close();
}

// Signed in already, or as soon as one comes back from the window where one logs in.
addEventListener("focus", knock);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && knock());
if (!place.querySelector("[data-log-in]")) knock();

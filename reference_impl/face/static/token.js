// Shows the code as a token would, by the bank's own clock (it may stand or jump).
"use strict";

const stage = document.querySelector("[data-source]");
const device = stage.querySelector(".device");
const code = document.getElementById("code");
const ring = document.getElementById("ring");
const remaining = document.getElementById("remaining");
const problem = document.getElementById("problem");
const front = document.getElementById("front");
const back = document.getElementById("back");
const flip = document.getElementById("flip");

async function refresh() {
  try {
    const answer = await fetch(stage.dataset.source, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const shown = await answer.json();
    // Written only when it changes, so that it is read aloud once a minute, not once a second.
    if (code.textContent !== shown.code) code.textContent = shown.code;
    remaining.textContent = String(shown.remaining);
    ring.setAttribute("stroke-dasharray", `${(100 * shown.remaining) / shown.step} 100`);
    device.classList.toggle("ending", shown.remaining <= 10);
    problem.textContent = "";
  } catch {
    problem.textContent = "表示を更新できません。ページを再読み込みしてください。";
  }
}

flip.hidden = false;
flip.addEventListener("click", () => {
  const showBack = back.hidden;
  device.classList.remove("turning");
  void device.offsetWidth; // restarts the animation
  device.classList.add("turning");
  back.hidden = !showBack;
  front.hidden = showBack;
  flip.textContent = showBack ? "表面を見る" : "裏面を見る";
});

setInterval(refresh, 1000);

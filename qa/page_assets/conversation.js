// The conversation: adding answers to it, and what their buttons do.

// The browser has the conversation, not the server. Where the connection breaks while something is
// under way, Gradio loads the page anew, from another process perhaps: what is kept here meanwhile
// brings the conversation back.
const UNDER_WAY = "under-way";
const lost = takeLost();

const conversation = {
  element: null,
  trigger: () => {},
  isWaiting: false,
  question: "", // the one that is waited for
  isBack: !lost,
};

function takeLost() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(UNDER_WAY));
    sessionStorage.removeItem(UNDER_WAY);
    return kept;
  } catch {
    return null; // the browser keeps nothing
  }
}

addEventListener("pagehide", () => {
  const question = conversation.isWaiting ? conversation.question : "";
  const files = filesUnderWay();
  if (!question && !files.length) return;
  try {
    const kept = { question, files, ...conversationToTell() };
    sessionStorage.setItem(UNDER_WAY, JSON.stringify(kept));
  } catch {
    // the browser keeps nothing
  }
});

// The conversation so far, and the reports that are asked; none for all.
function conversationToTell() {
  const turns = document.querySelectorAll("#conversation [data-told]");
  return {
    turns: Array.from(turns, (turn) => JSON.parse(turn.dataset.told)),
    reports: chosenReports(),
  };
}

function chosenReports() {
  const boxes = Array.from(document.querySelectorAll("#scope input"));
  const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
  return chosen.length < boxes.length ? chosen : [];
}

// Called by the page with an event's inputs, the last of which is the conversation.
function withConversation(...inputs) {
  return [...inputs.slice(0, -1), conversationToTell()];
}

// The same for the first event of a page.
function withLost(...inputs) {
  return [...inputs.slice(0, -1), lost];
}

// Called by the page when the conversation is there.
function startConversation(element, trigger, watch, props) {
  Object.assign(conversation, { element, trigger });
  element.addEventListener("click", onConversationClick);
  watch("value", () => addTurns(props.value));
  if (props.value) addTurns(props.value);
  const place = placeOf(new URL(location.href));
  if (place) {
    history.replaceState({ place }, "");
    openPlace(place, false);
  }
}

// Which reports are asked; all of them where none is left.
function startScope(element, trigger, watch) {
  watch("value", () => {
    const boxes = Array.from(element.querySelectorAll("input"));
    for (const box of boxes) box.checked = box.defaultChecked;
    offerReports(boxes.map((box) => [box.value, box.parentElement.textContent.trim()]));
  });
  element.addEventListener("change", () => {
    const boxes = Array.from(element.querySelectorAll("input"));
    const chosen = boxes.filter((box) => box.checked);
    if (!chosen.length) for (const box of boxes) box.checked = true;
    const some = chosen.length && chosen.length < boxes.length;
    element.querySelector("summary").textContent = some
      ? `Asking ${chosen.length} of ${boxes.length} reports`
      : `Asking all ${boxes.length} reports`;
    trigger("choose", { reports: chosenReports() });
  });
}

// What the server hands over beside answers: a file to keep, or a sentence.
function startClerk(watch, props) {
  watch("value", () => {
    const message = JSON.parse(props.value);
    if (message.file) saveFile(message.file);
    if (message.sentence) announce(message.sentence);
  });
}

function onConversationClick(event) {
  const target = event.target.closest("button, a.cite");
  if (!target) return;
  const { ask, top, export: form, judge } = target.dataset;
  if (target.matches("a.cite")) {
    if (isForNewTab(event)) return;
    event.preventDefault();
    openCitation(target);
  } else if (ask !== undefined) askAgain(ask, top, "literal" in target.dataset);
  else if (form) conversation.trigger("export", { form });
  else if ("restart" in target.dataset) restart();
  else if (judge) keepJudgement(target, judge);
  else if (target.matches(".unfold")) unfold(target);
  else if (target.matches(".copy")) copy(target);
}

function askAgain(question, top, isLiteral) {
  if (conversation.isWaiting) return;
  wait(question);
  conversation.trigger("ask", { question, top: top ? Number(top) : null, is_literal: isLiteral });
}

// Called by the page when a typed question is sent.
function beginAsking() {
  wait(questionBox().value);
}

function wait(question) {
  Object.assign(conversation, { question, isWaiting: true });
  conversation.element.setAttribute("aria-busy", "true");
}

// Called by the page after a question, whether it was answered or not.
function finishAsking() {
  conversation.isWaiting = false;
  conversation.element.removeAttribute("aria-busy");
}

// Mostly one; all of a conversation that is here again.
function addTurns(html) {
  const template = document.createElement("template");
  template.innerHTML = html || "";
  const turns = Array.from(template.content.children);
  const unknown = turns.filter((turn) => !document.getElementById(turn.id));
  if (!unknown.length) return;
  conversation.element.querySelector(".log").append(...unknown);
  setEmpty(false);
  if (!conversation.isBack) goOnAfterLoss(unknown.at(-1));
  else showNewest(unknown.at(-1));
}

// The connection broke, and the page was loaded anew: what had no answer can be asked again.
function goOnAfterLoss(last) {
  const box = questionBox();
  box.value = lost.question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  conversation.isBack = true;
  last.scrollIntoView({ block: "start" });
  announce(last.querySelector(".state, .notice").textContent);
  box.focus({ preventScroll: true });
}

function showNewest(turn) {
  showTab("asking");
  turn.scrollIntoView({ block: "start" });
  announce(turn.querySelector(".state, .notice").textContent);
  const question = turn.querySelector(".question").textContent;
  const address = `?${new URLSearchParams({ q: question })}`;
  if (location.search === address) history.replaceState({ turn: turn.id }, "", address);
  else history.pushState({ turn: turn.id }, "", address);
}

function setEmpty(isEmpty) {
  conversation.element.querySelector(".tools").hidden = isEmpty;
  conversation.element.querySelector(".welcome").hidden = !isEmpty;
}

function restart() {
  conversation.trigger("restart");
  for (const turn of conversation.element.querySelectorAll(".turn")) turn.remove();
  setEmpty(true);
  announce("A new conversation.");
  history.pushState({}, "", location.pathname);
  questionBox().focus();
}

function questionBox() {
  return document.querySelector("#question textarea, #question input");
}

function unfold(button) {
  const isFolded = button.previousElementSibling.classList.toggle("folded");
  button.setAttribute("aria-expanded", String(!isFolded));
  button.textContent = isFolded ? "Show the whole paragraph" : "Show less";
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyOldWay(text); // the clipboard is closed to pages that come over plain http
  }
  button.textContent = "Copied";
  announce("The citation is on the clipboard.");
  setTimeout(() => (button.textContent = "Copy citation"), 2000);
}

function copyOldWay(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

// A second press takes a judgement back.
function keepJudgement(button, verdict) {
  const isTakenBack = button.getAttribute("aria-pressed") === "true";
  const card = button.closest(".citation");
  for (const other of (card || button.parentElement).querySelectorAll(
    card ? "[data-judge]" : ":scope > [data-judge]"
  ))
    other.setAttribute("aria-pressed", String(other === button && !isTakenBack));
  conversation.trigger("judge", {
    turn: button.closest(".turn").dataset.turn,
    paragraph: card ? card.dataset.paragraph : null,
    verdict: isTakenBack ? "back" : verdict,
  });
}

function saveFile({ name, type, content }) {
  const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  announce(`${name} was downloaded.`);
}

// For those who hear the page.
function announce(sentence) {
  const status = document.querySelector("#conversation [role=status]");
  status.textContent = "";
  requestAnimationFrame(() => (status.textContent = sentence));
}

// Back and forward go through what was shown.
addEventListener("popstate", ({ state }) => {
  if (state?.place) openPlace(state.place, false);
  const turn = state?.turn && document.getElementById(state.turn);
  if (turn) {
    showTab("asking");
    turn.scrollIntoView({ block: "start" });
  }
});

// Adding reports: files are sent and read one after the other, and each is accounted for.

const adding = {
  element: null,
  trigger: () => {},
  send: null, // brings a file to the server
  waiting: [],
  current: null, // the file that is being sent and read
  key: 0, // of that file
  nAdded: 0, // since the last pause
  nFailed: 0,
};

// Called by the page when the dialog is there.
function startAdding(element, trigger, watch, props, send) {
  Object.assign(adding, { element, trigger, send });
  element.addEventListener("click", onAddingClick);
  element.querySelector("#files").addEventListener("change", ({ target }) => {
    addFiles(target.files);
    target.value = ""; // the same file can be chosen again
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest(".masthead .add")) openAdding();
  });
  document.addEventListener("dragover", onDrag);
  document.addEventListener("dragleave", (event) => event.relatedTarget || showDrag(false));
  document.addEventListener("drop", onDrop);
  watch("value", () => hear(JSON.parse(props.value)));
  if (props.value) hear(JSON.parse(props.value));
  if (lost) lost.files.forEach(showLost);
}

// Files whose account would be missing if the page went now.
function filesUnderWay() {
  return [adding.current, ...adding.waiting].filter(Boolean).map(({ file }) => file.name);
}

function showLost(name) {
  const row = newRow(name);
  adding.element.querySelector(".files").prepend(row);
  fail({ row, file: { name } }, "The connection was lost: send it again if it is not listed here.");
  openAdding();
}

function openAdding() {
  const dialog = adding.element.querySelector("dialog");
  if (!dialog.open) dialog.showModal();
}

function onDrag(event) {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault(); // else the browser leaves the page for the file
  showDrag(true);
  openAdding();
}

function onDrop(event) {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  showDrag(false);
  addFiles(event.dataTransfer.files);
}

function showDrag(isOver) {
  adding.element.querySelector(".drop").classList.toggle("over", isOver);
}

function addFiles(files) {
  if (!adding.current) Object.assign(adding, { nAdded: 0, nFailed: 0 });
  const entries = Array.from(files, (file) => ({ file, row: newRow(file.name), replaces: false }));
  adding.element.querySelector(".files").prepend(...entries.map((entry) => entry.row));
  entries.forEach(enlist);
}

function newRow(name) {
  const row = document.createElement("li");
  row.className = "row";
  row.innerHTML =
    '<p class="name"></p><p class="step">Waiting …</p><progress hidden></progress>' +
    '<div class="actions"></div>';
  row.querySelector(".name").textContent = name;
  row.querySelector("progress").setAttribute("aria-label", name);
  return row;
}

function enlist(entry) {
  adding.waiting.push(entry);
  sendNext();
}

async function sendNext() {
  const entry = adding.waiting[0];
  showHowMany();
  if (adding.current || !entry) return;
  adding.current = adding.waiting.shift();
  entry.key = ++adding.key;
  const { limit, tooLarge } = adding.element.querySelector("#files").dataset;
  if (entry.file.size > Number(limit)) return giveUp(entry, `Not added: ${tooLarge}.`);
  showStep(entry, "Sending …");
  let path;
  try {
    ({ path } = await adding.send(new File([entry.file], nameless())));
  } catch (error) {
    const refusal = /^HTTP 413: (.*)/.exec(error.message);
    const reason = refusal?.[1] ?? "it could not be sent: choose a file, not a folder, or try again";
    return giveUp(entry, `Not added: ${reason}.`);
  }
  showStep(entry, "Waiting for its turn …");
  const { key, file, replaces } = entry;
  adding.trigger("add_file", { key, path, name: file.name, replaces });
}

// Where it waits to be read, a file goes by no name of anyone's.
function nameless() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join("-");
}

// What the server says: how far it is with a file, or what became of it.
function hear(message) {
  for (const card of message.cards ?? []) putCard(card);
  if (message.removed) return forget(message.removed);
  const entry = adding.current;
  if (message.key === undefined || message.key !== entry?.key) return;
  if (message.reading) showStep(entry, "Reading …");
  else if (message.total) showProgress(entry, message);
  else if (message.card) finish(entry, message);
  else if (message.taken) askToReplace(entry, message.taken);
  else if (message.sentence) fail(entry, `Not added: ${message.sentence}.`);
}

function showStep({ row, file }, sentence) {
  row.querySelector(".step").textContent = sentence;
  const bar = row.querySelector("progress");
  bar.hidden = false;
  bar.removeAttribute("value");
  tell(`${file.name}: ${sentence}`);
}

function showProgress({ row }, { done, total, what }) {
  row.querySelector(".step").textContent = `${done} of ${total} ${what} …`;
  Object.assign(row.querySelector("progress"), { max: total, value: done });
}

function finish(entry, { card, report }) {
  entry.isDone = true;
  adding.nAdded++;
  const hadFocus = entry.row.contains(document.activeElement);
  const placed = putCard(card, entry.row, entry.file.name);
  if (hadFocus) placed.querySelector("[data-read]").focus();
  const [title, account] = ["h3", ".account"].map((name) => placed.querySelector(name).textContent);
  tell(`${placed.querySelector(".change").textContent} ${title}: ${account}`);
  const shown = document.querySelector(".report")?.dataset.report;
  if (!shown || shown === report) reading.fetch(report);
}

// A card stands once: what was said of a report before gives way.
function putCard(html, row = null, name = "") {
  const template = document.createElement("template");
  template.innerHTML = html;
  const card = template.content.firstElementChild;
  const list = adding.element.querySelector(".files");
  cardOf(card.dataset.report)?.remove();
  if (row) row.replaceWith(card);
  else list.prepend(card);
  if (name) card.querySelector(".change").prepend(`${name}: `);
  return card;
}

function cardOf(report) {
  const cards = Array.from(adding.element.querySelectorAll(".card"));
  return cards.find((card) => card.dataset.report === report);
}

function fail(entry, sentence) {
  entry.isDone = true;
  adding.nFailed++;
  entry.row.classList.add("failed");
  entry.row.querySelector(".step").textContent = sentence;
  entry.row.querySelector("progress").hidden = true;
  tell(`${entry.file.name}: ${sentence}`);
}

function giveUp(entry, sentence) {
  fail(entry, sentence);
  goOn();
}

function askToReplace(entry, sentence) {
  fail(entry, sentence);
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: "Replace it" });
  button.addEventListener("click", () => {
    const row = newRow(entry.file.name);
    entry.row.replaceWith(row);
    adding.nFailed--;
    enlist({ file: entry.file, row, replaces: true });
    adding.element.querySelector("#files").focus();
  });
  entry.row.querySelector(".actions").append(button);
}

// Called by the page when the server is done with a file, whatever came of it.
function finishAdding() {
  const entry = adding.current;
  setTimeout(() => {
    if (!entry.isDone) fail(entry, "Not added: the page is busy or was cut off. Try again.");
    goOn();
  }, 200); // its last word may still be on the way to the screen
}

function goOn() {
  adding.current = null;
  sendNext();
}

function showHowMany() {
  const n = adding.waiting.length + (adding.current ? 1 : 0);
  document.querySelector(".masthead .add").textContent = n ? `Adding ${n} …` : "Add reports";
  const { nAdded, nFailed } = adding;
  const isSum = !n && nAdded + nFailed > 1;
  const sum = isSum ? `${nAdded} read, ${nFailed} not added.` : "";
  adding.element.querySelector(".sum").textContent = sum;
  if (sum) tell(sum);
}

function onAddingClick({ target }) {
  const dialog = adding.element.querySelector("dialog");
  const button = target.closest("button");
  if (target === dialog || button?.matches(".close")) dialog.close();
  if (!button) return;
  const { read, confirm } = button.dataset;
  if (read) {
    dialog.close();
    showTab("reading");
    reading.fetch(read);
  } else if ("remove" in button.dataset) showConfirm(button.closest(".card"), true);
  else if ("keep" in button.dataset) showConfirm(button.closest(".card"), false);
  else if (confirm) {
    const open = document.querySelector(".report")?.dataset.report ?? "";
    adding.trigger("remove_report", { report: confirm, open });
  }
}

function showConfirm(card, isAsking) {
  card.querySelector(".confirm").hidden = !isAsking;
  card.querySelector("[data-remove]").hidden = isAsking;
  card.querySelector(isAsking ? "[data-keep]" : "[data-remove]").focus();
}

function forget({ report, sentence }) {
  tell(sentence);
  const card = cardOf(report);
  if (!card) return;
  const left = document.createElement("li");
  left.className = "row";
  left.textContent = sentence;
  card.replaceWith(left);
  adding.element.querySelector("#files").focus();
}

// For those who hear the page: while the dialog is open, nothing outside it is heard.
function tell(sentence) {
  const isOpen = adding.element.querySelector("dialog").open;
  if (!isOpen) return announce(sentence);
  adding.element.querySelector("[role=status]").textContent = sentence;
}

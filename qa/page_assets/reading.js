// The report beside the conversation: opening a place, marking its quote, walking on.

const reading = {
  fetch: () => {}, // asks the server for another report
  awaited: null, // the place to open once that report is here
  citations: [], // of the answer that is being read
};

const isNarrow = matchMedia("(max-width: 900px)");
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

// Called by the page when the pane is there.
function startReading(element, trigger, watch) {
  reading.fetch = (report) => trigger("open", { report });
  element.addEventListener("click", onReadingClick);
  element.addEventListener("change", (event) => {
    if (!event.target.matches(".choice")) return;
    reading.awaited = null; // a place in a report that is gone would come up again
    reading.fetch(event.target.value);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.getElementById("contents")?.hidden !== false) return;
    toggleContents(false);
    element.querySelector(".contents-button").focus(); // else the focus is lost with the list
  });
  watch("value", showAwaited);
  showAwaited();
}

// Which reports there are to read, as ids with titles; none where there is no choice.
function offerReports(reports) {
  const choice = document.querySelector("#report-pane .choice");
  if (!choice) return;
  const read = document.querySelector(".report").dataset.report;
  const options = reports.map(([id, title]) => new Option(title, id, id === read, id === read));
  choice.replaceChildren(...options);
  choice.hidden = !reports.length;
}

function onReadingClick(event) {
  const target = event.target.closest("button, a");
  if (!target) return;
  const href = target.getAttribute("href") || "";
  if (target.matches(".contents-button")) toggleContents();
  else if (target.matches(".previous")) walk(-1);
  else if (target.matches(".next")) walk(1);
  else if (target.matches("a.number") && !isForNewTab(event)) {
    event.preventDefault();
    openPlace({ ...placeOf(new URL(target.href)) });
  } else if (href.startsWith("#")) {
    event.preventDefault();
    toggleContents(false);
    goTo(document.getElementById(decodeURIComponent(href.slice(1))));
  }
}

function isForNewTab(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
}

// A place in the address: "?report=...&para=...".
function placeOf(url) {
  const report = url.searchParams.get("report");
  const number = url.searchParams.get("para");
  return report && number ? { report, anchor: `${report}-${number}`, start: 0, end: 0 } : null;
}

function addressOf(place) {
  const number = place.anchor.slice(place.report.length + 1);
  return `?${new URLSearchParams({ report: place.report, para: number })}`;
}

// Opens the report at a paragraph and marks text[start:end] there.
function openPlace(place, isNew = true) {
  const article = document.querySelector(".report");
  if (!article || article.dataset.report !== place.report) {
    reading.awaited = [place, isNew];
    if (article) reading.fetch(place.report);
    return;
  }
  const paragraph = document.getElementById(place.anchor);
  if (!paragraph) return announce("The report has no such paragraph.");
  showTab("reading");
  unmark();
  if (place.end > place.start) markRange(paragraph.querySelector(".text"), place.start, place.end);
  goTo(paragraph, paragraph.querySelector("mark"));
  updateWalk(place);
  if (isNew) history.pushState({ place }, "", addressOf(place));
}

function showAwaited() {
  const awaited = reading.awaited;
  if (!awaited || !document.querySelector(".report")) return;
  reading.awaited = null;
  openPlace(...awaited);
}

function goTo(element, within = null) {
  if (!element) return;
  const block = element.matches(".paragraph, .footnote") ? "center" : "start";
  (within || element).scrollIntoView({ block, behavior: isCalm.matches ? "auto" : "smooth" });
  element.focus({ preventScroll: true });
}

function unmark() {
  for (const mark of document.querySelectorAll(".report mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

// Offsets count code points, as Python does; footnote marks are not part of the text.
function markRange(text, start, end) {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("sup") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT
  );
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  let offset = 0;
  for (const node of nodes) {
    const signs = Array.from(node.data);
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, signs.length);
    if (from < to) {
      const range = document.createRange();
      range.setStart(node, signs.slice(0, from).join("").length);
      range.setEnd(node, signs.slice(0, to).join("").length);
      range.surroundContents(document.createElement("mark"));
    }
    offset += signs.length;
  }
}

// The place that a citation's link names.
function placeOfLink(link) {
  const { report, anchor, start, end } = link.dataset;
  return { report, anchor, start: Number(start), end: Number(end) };
}

function openCitation(link) {
  reading.citations = Array.from(link.closest(".turn").querySelectorAll(".cite"), placeOfLink);
  openPlace(placeOfLink(link));
}

function positionOf(place) {
  return reading.citations.findIndex(
    (other) => other.anchor === place.anchor && other.start === place.start
  );
}

function updateWalk(place) {
  const position = positionOf(place);
  const bar = document.querySelector("#report-pane .walk");
  bar.hidden = position < 0;
  if (position < 0) return;
  reading.position = position;
  bar.querySelector(".position").textContent =
    `Citation ${position + 1} of ${reading.citations.length}`;
  bar.querySelector(".previous").disabled = position === 0;
  bar.querySelector(".next").disabled = position === reading.citations.length - 1;
}

function walk(step) {
  const place = reading.citations[reading.position + step];
  if (place) openPlace(place);
}

function toggleContents(isOpen) {
  const button = document.querySelector("#report-pane .contents-button");
  const contents = document.getElementById("contents");
  if (!button || !contents) return;
  contents.hidden = !(isOpen ?? contents.hidden);
  button.setAttribute("aria-expanded", String(!contents.hidden));
}

// On a phone one of the two columns is shown at a time.
function showTab(name) {
  document.getElementById("columns").dataset.tab = name;
  for (const tab of document.querySelectorAll(".tabs [role=tab]")) {
    const isChosen = tab.getAttribute("aria-controls") === name;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
}

function labelTabPanels() {
  for (const name of ["asking", "reading"]) {
    const panel = document.getElementById(name);
    if (!panel) continue;
    if (isNarrow.matches) {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", `tab-${name}`);
    } else {
      panel.removeAttribute("role");
      panel.removeAttribute("aria-labelledby");
    }
  }
}

// Called by the page when the tabs are there.
function startTabs(element) {
  const tabs = Array.from(element.querySelectorAll("[role=tab]"));
  element.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) showTab(tab.getAttribute("aria-controls"));
  });
  element.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key) || !event.target.matches("[role=tab]")) return;
    const other = tabs[1 - tabs.indexOf(event.target)];
    showTab(other.getAttribute("aria-controls"));
    other.focus();
  });
  isNarrow.addEventListener("change", labelTabPanels);
  requestAnimationFrame(labelTabPanels);
}

// A citation opens the report at its paragraph and marks the quote there.

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

function openPlace(paragraph, start, end) {
  unmark();
  if (end > start) markRange(paragraph.querySelector(".text"), start, end);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const target = paragraph.querySelector("mark") || paragraph;
  target.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  paragraph.focus({ preventScroll: true });
}

// Links within the page name an element, and a citation also the quote: "#id:start-end".
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link) return;
  const [, id, start, end] = link.getAttribute("href").match(/^#(.*?)(?::(\d+)-(\d+))?$/);
  const element = document.getElementById(decodeURIComponent(id));
  if (!element) return;
  event.preventDefault();
  if (element.classList.contains("paragraph")) openPlace(element, Number(start), Number(end));
  else element.scrollIntoView({ block: "center" });
});

// Called by the page after an answer: read on from the question, not from the last card.
function showLastQuestion() {
  const questions = document.querySelectorAll("#chat .question, #chat .notice");
  const last = questions[questions.length - 1];
  if (last) last.scrollIntoView({ block: "start" });
}

// The query browser: which questions two systems answer differently, and with what.
// Every text goes through textContent; nothing of the data becomes markup.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("experiment").textContent);
  const byId = (id) => document.getElementById(id);
  const names = Object.keys(data.systems);
  const AT_ONCE = 50;
  const ORDERS = {
    "most different": (a, b) => Math.abs(b.difference) - Math.abs(a.difference),
    "left is better": (a, b) => b.difference - a.difference,
    "right is better": (a, b) => a.difference - b.difference,
    "left does worst": (a, b) => a.left - b.left,
    "as in the collection": () => 0,
  };
  let rows = [];
  let shown = 0;

  const make = (tag, className, ...inside) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...inside); // strings become text
    return element;
  };
  const short = (value) => value.toFixed(3).replace(/^0\./, ".");
  const signed = (value) => (value < 0 ? "−" : value > 0 ? "+" : "") + short(Math.abs(value));

  const fill = (id, values, chosen) => {
    byId(id).append(...values.map((value) => new Option(value, value, false, value === chosen)));
  };

  const chosen = () => ({
    left: byId("left").value, right: byId("right").value, measure: byId("measure").value,
  });

  const found = (query, words) => {
    const text = [query.id, query.text, ...Object.values(query.metadata)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };

  const refresh = () => {
    const { left, right, measure } = chosen();
    const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [a, b] = [left, right].map((name) => data.systems[name].values[measure]);
    rows = data.queries
      .map((query, at) => ({ query, at, left: a[at], right: b[at], difference: a[at] - b[at] }))
      .filter(({ query }) => found(query, words));
    tally(left, right, measure);
    rows.sort((x, y) => ORDERS[byId("order").value](x, y) || x.left - y.left || x.at - y.at);
    byId("list").replaceChildren();
    shown = 0;
    showMore();
    const first = byId("list").querySelector("details");
    if (first) first.open = true;
  };

  const tally = (left, right, measure) => {
    const count = (test) => rows.filter(test).length.toLocaleString("en");
    const [better, worse] = [count((r) => r.difference > 0), count((r) => r.difference < 0)];
    const alike = count((r) => r.difference === 0);
    byId("tally").textContent = !rows.length ? "No question has these words."
      : left === right ? `${count(() => true)} questions by ${left}.`
      : `By ${measure}, ${left} is better than ${right} on ${better}, worse on ${worse} and `
        + `the same on ${alike} of ${count(() => true)} questions.`;
  };

  const showMore = () => {
    const next = rows.slice(shown, shown + AT_ONCE).map(question);
    byId("list").append(...next);
    shown += next.length;
    byId("more").hidden = shown >= rows.length;
    byId("more").textContent = `Show more (${rows.length - shown} left)`;
    return next[0];
  };

  const question = (row) => {
    const { left, right } = chosen();
    const values = left === right ? `${left} ${short(row.left)}`
      : `${left} ${short(row.left)} · ${right} ${short(row.right)} `;
    const numbers = make("span", "numbers", values);
    if (left !== right) numbers.append(make("b", "", signed(row.difference)));
    const details = make("details", "question", make("summary", "",
      make("span", "", row.query.text), numbers));
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(inside(row));
    });
    return details;
  };

  // What is inside a question: what was judged, then both rankings side by side.
  const inside = ({ query, at }) => {
    const { left, right } = chosen();
    const systems = [...new Set([left, right])];
    const grades = new Map(query.relevant);
    const { answer, ...metadata } = query.metadata;
    const about = [query.id, ...Object.entries(metadata).map(([name, v]) => `${name}: ${v}`)];
    const box = make("div", "inside", make("p", "about", about.join(" · ")));
    if (answer) box.append(make("p", "about", `Expected answer: “${answer}”`));
    box.append(judged(query, at, systems));
    const pair = make("div", "pair");
    for (const name of systems) pair.append(ranking(name, at, grades, query));
    box.append(pair);
    const seen = new Set(systems.flatMap((name) => top(name, at).slice(0, data.shown)));
    const missed = query.relevant.filter(([id, grade]) => grade > 0 && !seen.has(id));
    if (missed.length) {
      box.append(make("h3", "", `Relevant, but not among these first ${data.shown}`));
      box.append(make("ul", "ranking", ...missed.map(([id, grade]) => paragraph(id, "", grade, query))));
    }
    return box;
  };

  const top = (name, at) => data.systems[name].top[at];
  const rank = (name, at, id) => {
    const place = top(name, at).indexOf(id);
    return place < 0 ? "not in its first 10" : `rank ${place + 1}`;
  };

  const judged = (query, at, systems) => {
    const list = make("ul", "ranking judged");
    for (const [id, grade] of query.relevant) {
      const ranks = systems.map((name) => `${name}: ${rank(name, at, id)}`).join(", ");
      list.append(make("li", "", make("b", "", data.paragraphs[id][0]), ` (${said(grade)}) ${ranks}`));
    }
    return list;
  };

  const ranking = (name, at, grades, query) => {
    const ids = top(name, at).slice(0, data.shown);
    const list = make("ol", "ranking", ...ids.map((id, place) =>
      paragraph(id, `${place + 1}. `, grades.get(id), query)));
    const heading = ids.length ? `${name}: first ${ids.length}` : `${name}: found nothing`;
    return make("div", "", make("h3", "", heading), list);
  };

  const said = (grade) => grade === undefined ? "not judged"
    : grade > 0 ? `relevant, grade ${grade}` : `judged not relevant, grade ${grade}`;

  const paragraph = (id, place, grade, query) => {
    const [label, section, text] = data.paragraphs[id];
    const item = make("li", grade > 0 ? "paragraph relevant" : "paragraph",
      make("p", "place", make("b", "", place + label), make("span", "grade", said(grade))));
    if (section) item.append(make("p", "under", section));
    item.append(marked(text, grade > 0 ? query.metadata.answer : ""));
    return item;
  };

  // The text, with the answer that the collection's author expects.
  const marked = (text, answer) => {
    const start = answer ? text.indexOf(answer) : -1;
    if (start < 0) return make("p", "text", text);
    const end = start + answer.length;
    return make("p", "text", text.slice(0, start), make("mark", "", answer), text.slice(end));
  };

  const start = () => {
    const right = data.baseline in data.systems ? data.baseline : names[0];
    const total = (name) => data.systems[name].values[data.measures[0]].reduce((a, b) => a + b, 0);
    const [best] = names.filter((name) => name !== right).sort((a, b) => total(b) - total(a));
    fill("left", names, best);
    fill("right", names, right);
    fill("measure", data.measures, data.measures[0]);
    fill("order", Object.keys(ORDERS), "most different");
    for (const id of ["left", "right", "measure", "order"]) byId(id).addEventListener("change", refresh);
    byId("find").addEventListener("input", refresh);
    byId("whole").addEventListener("change", (event) =>
      byId("list").classList.toggle("whole", event.target.checked));
    byId("more").addEventListener("click", () => showMore()?.querySelector("summary").focus());
    byId("without-script").remove();
    byId("browser").hidden = false;
    refresh();
  };
  start();
})();

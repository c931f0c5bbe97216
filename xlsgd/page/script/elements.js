// Elements of the page. Whatever a user or a file gives becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(node.style, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const drawn = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

const setText = (node, text) => { if (node.textContent !== text) node.textContent = text; };

let ids = 0;
const freshId = (stem) => `${stem}-${ids++}`;

// A section of the page with its heading.
function panel(title, ...children) {
  const id = freshId("panel");
  return element("section", { class: "panel", "aria-labelledby": id }, element("h2", { id }, title), ...children);
}

// Builds elements. Text always goes in as text, never as markup: titles come from files of others.

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'on') {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === 'style') {
    for (const [property, setting] of Object.entries(value)) {
      node.style.setProperty(property, setting);
    }
  } else {
    node.setAttribute(name, value === true ? '' : String(value));
  }
}

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) setAttribute(node, name, value);
  append(node, children);
  return node;
}

/** h('p', {class: 'note', on: {click: f}}, 'text', node): an HTML element. */
export function h(tag, attributes, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

let count = 0;

/** An id that is used once on this page. */
export function uniqueId(stem) {
  count += 1;
  return `${stem}-${count}`;
}

/** Replaces what `node` holds. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

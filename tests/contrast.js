// Every visible text whose contrast with what lies behind it is below WCAG AA: 4.5 to 1, 3 to 1 for large text.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function rgba(colour) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  }
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  function luminance(colour) {
    const [r, g, b] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  // what is drawn behind a box: the backgrounds of those parents that the middle of the box lies in
  function behind(element, box) {
    const layers = [], x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    for (let at = element; at; at = at.parentElement) {
      const edge = at.getBoundingClientRect();
      if (at.parentElement && (x < edge.left || x > edge.right || y < edge.top || y > edge.bottom)) continue;
      const colour = rgba(getComputedStyle(at).backgroundColor);
      layers.push(colour);
      if (colour[3] >= 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  }
  const off = (element) => element.closest(":disabled, [aria-disabled='true'], [data-disabled], [data-stale='true']");
  const found = {};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement, text = node.nodeValue.trim();
    if (!text || !element || element.closest("script, style, template, noscript, canvas") || off(element)) continue;
    const label = element.closest("label");
    if (label && (label.querySelector(":disabled") || label.parentElement?.querySelector(":disabled"))) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const style = getComputedStyle(element), inked = rgba(element.closest("svg") ? style.fill : style.color);
    let seen = inked[3];
    for (let at = element; at; at = at.parentElement) seen *= Number(getComputedStyle(at).opacity);
    const ground = behind(element, box), ink = over([...inked.slice(0, 3), seen], ground);
    const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5) - 0.005) {
      const part = element.closest("[data-testid]")?.dataset.testid ?? element.tagName;
      found[`${part}: “${text.slice(0, 40)}” ${style.fontSize}`] = Math.round(ratio * 100) / 100;
    }
  }
  return found;
}

// How much is unread, where one looks from another tab: in the page's title, and as a badge on its icon. What is muted does not count.

const icon = document.querySelector("link[rel=icon]");
const address = icon.href;
let plain = null; // fetched when there is something to count
let shown = 0;

const unread = () => [...document.querySelectorAll("#conversations [data-unread]:not([data-muted])")].reduce((sum, { dataset }) => sum + Number(dataset.unread), 0);
const atMost = (count, most) => (count > most ? `${most}+` : String(count));

function nameIt() {
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  const wanted = shown ? `(${atMost(shown, 99)}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}

async function drawIt() {
  const svg = await (plain ??= fetch(address).then((answer) => answer.text()));
  const badge = `<circle cx="22" cy="22" r="10" fill="#d92d20"/><text x="22" y="27" font-family="sans-serif" font-weight="700"
    font-size="${shown > 9 ? 12 : 14}" fill="#fff" text-anchor="middle">${atMost(shown, 9)}</text></svg>`;
  icon.href = `data:image/svg+xml,${encodeURIComponent(svg.replace("</svg>", shown ? badge : "</svg>"))}`;
}

function count() {
  const now = unread();
  if (now !== shown) {
    shown = now;
    drawIt();
  }
  nameIt();
}

new MutationObserver(count).observe(document.getElementById("sidebar"), { childList: true, subtree: true, attributeFilter: ["data-unread", "data-muted"] });
new MutationObserver(nameIt).observe(document.head, { childList: true, subtree: true, characterData: true });
count();

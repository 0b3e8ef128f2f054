// What people said in rooms whom the viewer blocked is folded: one line for each run of such messages, which opens and closes it. The others
// of a run keep a place without height, so that they count as seen with it.

import { isBlocked } from "./blocked-people.js";
import { gettext, interpolate, ngettext } from "./words.js";

const own = (message) => message.querySelector(":scope > .fold");

export class Folds {
  constructor(log) {
    this.log = log;
    this.opened = new Set(); // seqs
    this.ofTwo = Boolean(log.closest(".room").querySelector(".standing")); // there one reads what was said before
  }

  folds(message) {
    return !this.ofTwo && message.dataset.event === undefined && isBlocked(message.dataset.author); // a line is the room's
  }

  show(messages) {
    let run = [];
    for (const message of messages) {
      const folds = this.folds(message);
      if (!folds || message.dataset.day || message.dataset.silence) run = this.end(run);
      if (folds) run.push(message);
      else if (message.dataset.folded || own(message)) this.leave(message);
    }
    this.end(run);
  }

  end(run) {
    if (!run.length) return run;
    const open = run.some(({ dataset }) => this.opened.has(dataset.seq));
    run.forEach((message, index) => {
      if (open) delete message.dataset.folded;
      else message.dataset.folded = index ? "rest" : "first";
      if (index) own(message)?.remove();
    });
    this.head(run, open);
    return [];
  }

  head(run, open) {
    const line = own(run[0]) ?? Object.assign(document.createElement("button"), { type: "button", className: "fold" });
    const count = run.length;
    const what = interpolate(ngettext("%s message of somebody you blocked", "%s messages of somebody you blocked", count), [count]);
    const act = open ? gettext("Hide") : gettext("Show");
    const text = open ? "" : `${what} · `; // short, since the toolbar of an open one stands beside it
    if (line.textContent !== text + act) line.replaceChildren(text, Object.assign(document.createElement("b"), { textContent: act }));
    line.ariaLabel = `${what} · ${act}`;
    line.ariaExpanded = String(open);
    line.onclick = () => this.turn(run, open);
    if (!line.isConnected) run[0].prepend(line);
  }

  turn(run, open) {
    for (const { dataset } of run) {
      if (open) this.opened.delete(dataset.seq);
      else this.opened.add(dataset.seq);
    }
    this.log.decorate();
  }

  leave(message) {
    delete message.dataset.folded;
    own(message)?.remove();
  }
}

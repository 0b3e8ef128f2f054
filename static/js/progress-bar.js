// <progress-bar>: a thin line at the top while a page that was asked for takes its time. What follows by itself shows none.

const PATIENCE = 300; // ms

class ProgressBar extends HTMLElement {
  connectedCallback() {
    this.asked = new Set(); // contexts of htmx's requests
    this.ends = new AbortController();
    const on = (name, act) => document.addEventListener(name, act, { signal: this.ends.signal });
    on("htmx:before:request", ({ detail: { ctx } }) => ctx.target?.id === "pane" && this.begin(ctx));
    for (const name of ["htmx:after:swap", "htmx:finally:request", "htmx:error"]) on(name, ({ detail }) => this.end(detail.ctx));
  }

  disconnectedCallback() {
    this.ends.abort();
    clearTimeout(this.timer);
  }

  begin(ctx) {
    this.asked.add(ctx);
    this.timer ??= setTimeout(() => this.toggleAttribute("data-shown", true), PATIENCE);
  }

  end(ctx) {
    this.asked.delete(ctx);
    if (this.asked.size) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.removeAttribute("data-shown");
  }
}

customElements.define("progress-bar", ProgressBar);

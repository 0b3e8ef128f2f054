// <message-report>: leads to the page on which a message is reported, by a link of its own, so as every other link of the page does.

class MessageReport extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    const link = this.querySelector("a");
    const report = ({ detail }) => {
      link.href = `${detail.url}report/`;
      link.click();
    };
    this.closest(".room").addEventListener("message:report", report, { signal: this.ends.signal });
  }

  disconnectedCallback() {
    this.ends.abort();
  }
}

customElements.define("message-report", MessageReport);

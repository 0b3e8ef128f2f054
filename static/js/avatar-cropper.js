// <avatar-cropper>: a chosen or dropped picture is cut to a square here, and shown as it will be, before it is sent. What the
// browser cannot show (HEIC, mostly) is sent as it is, and the server takes its middle.

import Cropper from "../vendor/cropperjs-2.2.0/cropper.esm.min.js";
import { gettext } from "./words.js";

const SIDE = 768; // pixels; twice the largest that the server keeps
const LEAST = 48; // pixels that a selection measures on the page
const KEYS = { ArrowLeft: [-4, 0, 0], ArrowRight: [4, 0, 0], ArrowUp: [0, -4, 0], ArrowDown: [0, 4, 0], "+": [0, 0, 16], "-": [0, 0, -16] };
const KEPT = gettext("What is kept. Arrow keys move it, plus and minus change its size.");
const TEMPLATE = `<cropper-canvas background scale-step="0.05">
<cropper-image rotatable scalable translatable initial-center-size="cover"></cropper-image>
<cropper-shade hidden></cropper-shade>
<cropper-handle action="move" plain></cropper-handle>
<cropper-selection aspect-ratio="1" initial-coverage="0.8" movable resizable outlined tabindex="0"
 role="group" aria-label="${KEPT}">
<cropper-grid role="grid" covered></cropper-grid>
<cropper-handle action="move" theme-color="rgba(255, 255, 255, 0.2)"></cropper-handle>
<cropper-handle action="nw-resize"></cropper-handle><cropper-handle action="ne-resize"></cropper-handle>
<cropper-handle action="sw-resize"></cropper-handle><cropper-handle action="se-resize"></cropper-handle>
</cropper-selection></cropper-canvas>`;

class AvatarCropper extends HTMLElement {
  connectedCallback() {
    [this.form, this.input, this.stage] = ["form", "input[type=file]", ".stage"].map((part) => this.querySelector(part));
    this.preview = this.querySelector(".preview");
    this.before = this.preview.innerHTML;
    this.input.addEventListener("change", () => this.choose(this.input.files[0]));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.querySelector(".cancel").addEventListener("click", () => this.end());
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) this.addEventListener(name, (event) => this.drag(event));
  }

  disconnectedCallback() {
    this.turn = null;
    if (this.address) URL.revokeObjectURL(this.address);
  }

  drag(event) {
    event.preventDefault();
    this.toggleAttribute("data-over", event.type === "dragenter" || event.type === "dragover");
    const file = event.type === "drop" && event.dataTransfer.files[0];
    if (!file) return;
    this.input.files = event.dataTransfer.files;
    this.choose(file);
  }

  choose(file) {
    this.end({ keep: true });
    if (!file) return;
    this.querySelector(".cancel").hidden = false;
    this.address = URL.createObjectURL(file);
    const image = Object.assign(new Image(), { src: this.address, alt: "" });
    const turn = (this.turn = {});
    image.decode().then(() => turn === this.turn && this.begin(image), () => {}); // what cannot be shown is sent as it is
  }

  begin(image) {
    this.stage.hidden = false;
    this.cropper = new Cropper(image, { container: this.stage, template: TEMPLATE });
    this.selection = this.cropper.getCropperSelection();
    this.selection.addEventListener("change", () => this.showSoon());
    this.selection.addEventListener("keydown", (event) => this.key(event));
    this.cropper.getCropperImage().addEventListener("transform", () => this.showSoon());
    this.showSoon();
  }

  showSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(async () => {
      const { selection } = this;
      const canvas = selection && (await this.canvas(192));
      if (canvas && selection === this.selection) this.preview.replaceChildren(canvas);
    }, 80);
  }

  // Not cropperjs's own keys: they are heard wherever the focus is, and Delete takes the selection away.
  key(event) {
    const [right, down, more] = KEYS[event.key] ?? [];
    if (more === undefined) return;
    event.preventDefault();
    const { x, y, width, parentElement: room } = this.selection;
    const side = Math.max(LEAST, Math.min(width + more, room.offsetWidth, room.offsetHeight));
    const inside = (at, most) => Math.max(0, Math.min(at - (side - width) / 2, most - side));
    this.selection.$change(inside(x + right, room.offsetWidth), inside(y + down, room.offsetHeight), side, side);
  }

  async canvas(side) {
    const canvas = await this.selection.$toCanvas({ width: side, height: side });
    canvas.className = "avatar";
    return canvas;
  }

  // Replaces the chosen file by the cut one, and lets the form go its own way.
  async submit(event) {
    const save = this.querySelector(".save");
    if (save.disabled) return event.preventDefault(); // it is being sent
    save.disabled = true;
    addEventListener("pageshow", () => (save.disabled = false), { once: true }); // of who comes back to this page
    if (!this.selection || event.submitter?.name === "remove") return;
    event.preventDefault();
    const canvas = await this.canvas(SIDE);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/webp", 0.92));
    const files = new DataTransfer();
    files.items.add(new File([blob], "picture.webp", { type: blob.type }));
    this.input.files = files.files;
    this.selection = null;
    this.form.submit();
  }

  end({ keep = false } = {}) {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = this.cropper = this.selection = this.turn = null;
    this.stage.replaceChildren();
    this.stage.hidden = this.querySelector(".cancel").hidden = true;
    this.preview.innerHTML = this.before;
    if (!keep) this.input.value = "";
  }
}

customElements.define("avatar-cropper", AvatarCropper);

// Tells the others that one is typing: at most every 3 s, and once more when the field is empty again.

import { send } from "./live.js";

const PACE = 3000; // ms

export class Typing {
  constructor(place) {
    this.place = place; // the room's tag
    this.toldAt = -PACE;
  }

  // `going`: there is something in the field, which was changed just now.
  tell(going) {
    const now = performance.now();
    if (going && now - this.toldAt < PACE) return;
    if (!going && this.toldAt === -PACE) return;
    if (send({ typing: { [this.place]: going } })) this.toldAt = going ? now : -PACE;
  }
}

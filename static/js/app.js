// Everything the pages need. Each module enhances HTML that already works without it.
import "./live.js";
import "./live-status.js";
import "./refused-answers.js";
import "./local-time.js";
import "./chat-log.js";
import "./room-cast.js";
import "./chat-composer.js";
import "./emoji-button.js";
import "./emoji-completion.js";
import "./presence.js";
import "./presence-dot.js";
import "./room-here.js";
import "./typing-line.js";
import "./person-card.js";
import "./open-row.js";
import "./current-link.js";
import "./unread-count.js";

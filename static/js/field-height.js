// A field as tall as its text, up to its max-height, and what it pushes away. Browsers do both by themselves, those that can.

const sizes = CSS.supports("field-sizing", "content");
const anchors = CSS.supports("overflow-anchor", "auto");

export function fit(field) {
  if (sizes) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

// A composer that grows takes its room from the log, whose end stays where it is: what is read further up is held in its place.
export function holdWhatIsRead(composer, room) {
  if (anchors) return null;
  let height = composer.offsetHeight;
  const growth = new ResizeObserver(() => {
    const grown = composer.offsetHeight - height;
    height += grown;
    const log = room.querySelector("chat-log");
    if (log.scrollTop < 0) log.scrollTop -= grown;
  });
  growth.observe(composer);
  return growth;
}

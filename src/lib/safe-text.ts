// Makes text from programs, levels and players safe to show in a terminal: no escape sequences, no control characters, no bidi overrides.

// CSI, OSC/DCS/SOS/PM/APC (with their bodies), then two-byte escapes; 7-bit and 8-bit introducers alike.
const CSI = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g
const STRING_SEQUENCE = /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g
const SHORT_ESCAPE = /\u001b[ -/]*[0-~]?/g
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
// Overrides, embeddings, isolates and marks that reorder what a person reads, and line separators that terminals treat as they like.
const REORDERING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/g
const SUSPICIOUS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

/** Returns `text` without escape sequences, C0/C1 controls (newline and tab stay; CR LF becomes LF) and characters that reorder text. */
export const safeText = (text: string): string => {
  if (!SUSPICIOUS.test(text)) return text
  return text
    .replace(/\r\n/g, '\n')
    .replace(STRING_SEQUENCE, '')
    .replace(CSI, '')
    .replace(SHORT_ESCAPE, '')
    .replace(CONTROL, '')
    .replace(REORDERING, '')
}

/** `safeText` on one line: newlines and tabs become single spaces. For titles, names and table cells. */
export const safeLine = (text: string): string => safeText(text).replace(/[\n\t]+/g, ' ')

/** The engine's version: a journal replays to the same state on the same one. */
export const ENGINE_VERSION = '1.0.0'

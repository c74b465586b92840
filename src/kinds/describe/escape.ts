/**
 * Signs that would drive a terminal, written out as cli-runtime writes them: escape and carriage return.
 */
export const escapeTerminal = (text: string): string => text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r')

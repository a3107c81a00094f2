const text = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** The 24 octets that a client sends before its first SETTINGS frame (RFC 9113 §3.4). */
export const connectionPreface: Uint8Array = Uint8Array.from(text, (character) => character.charCodeAt(0));

/**
 * A certificate that nobody signed, valid until 2126, and its key. Subject and alternative names have markup, sequences that steer terminals, direction overrides and
 * workflow commands. Protects nothing.
 */
export const hostileCertificate = [
  '-----BEGIN CERTIFICATE-----',
  'MIIChDCCAiugAwIBAgIUekIRrgPiMmzUiXv5lLJZntQUvXUwCgYIKoZIzj0EAwIw',
  'fTE4MDYGA1UECgwvPGltZyBkYXRhLXB3bmVkIHNyYz14IG9uZXJyb3I9IndpbmRv',
  'dy5wd25lZD0xIj4xFzAVBgNVBAsMDjo6ZXJyb3I6OnB3bmVkMSgwJgYDVQQDDB8b',
  'XTUyO2M7Y0hkdVpXUT0HG1sySuKArnB3bmVkPGI+MCAXDTI2MTEyODIxMzczOVoY',
  'DzIxMjYxMTA0MjEzNzM5WjB9MTgwNgYDVQQKDC88aW1nIGRhdGEtcHduZWQgc3Jj',
  'PXggb25lcnJvcj0id2luZG93LnB3bmVkPTEiPjEXMBUGA1UECwwOOjplcnJvcjo6',
  'cHduZWQxKDAmBgNVBAMMHxtdNTI7YztjSGR1WldRPQcbWzJK4oCucHduZWQ8Yj4w',
  'WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASj8Wjs0vdhO7tP7dUZYqfA5tLNVBYN',
  'BZU1uRxJw6nCOIANQNuU4piLdpnDSQmNob8kLtN3oq2mZpLfOyWJXwBlo4GGMIGD',
  'MAwGA1UdEwEB/wQCMAAwVAYDVR0RBE0wS4INcHduZWQuaW52YWxpZIImPHN2ZyBk',
  'YXRhLXB3bmVkIG9ubG9hZD13aW5kb3cucHduZWQ9MT6CEjo6ZXJyb3I6OhtbMkpw',
  'd25lZDAdBgNVHQ4EFgQUiue7LXtE3FI9Y7wrTtuFjVKaHvkwCgYIKoZIzj0EAwID',
  'RwAwRAIgBOfDfcYzHXsJ6+iRQc4jINs0opGQ9kxMWLKv4gT21NsCIBAnkuikWMYS',
  'oQierAeJirf3bhiwZ7MINCJa0k35Ykp0',
  '-----END CERTIFICATE-----',
].join('\n');

/** The private key of {@link hostileCertificate}. */
export const hostileKey = [
  '-----BEGIN PRIVATE KEY-----',
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLqliNUM6OuPx4nwN',
  'T5lqD5gn3d8lS7k9wSFzR+QjdduhRANCAASj8Wjs0vdhO7tP7dUZYqfA5tLNVBYN',
  'BZU1uRxJw6nCOIANQNuU4piLdpnDSQmNob8kLtN3oq2mZpLfOyWJXwBl',
  '-----END PRIVATE KEY-----',
].join('\n');

/** A self-signed certificate for `localhost` and 127.0.0.1 that is valid until 2126, and its key. Protects nothing. */
export const testCertificate = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBmzCCAUGgAwIBAgIUd9eekS/gg6kelvP0CkU2qvePurcwCgYIKoZIzj0EAwIw',
  'FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA2MTUxM1oYDzIxMjYxMDI4',
  'MDYxNTEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO',
  'PQMBBwNCAATf92lsudTmTe1m9bEjXTx05kGfZDo2ZDuA/eOWM8R9Ob9kHqZLYbJN',
  '9sojKwygHXJQBg45drwy/Y+WzimwmiOjo28wbTAdBgNVHQ4EFgQUx+RGqFtkBtGC',
  '6Jfgx6HAntYhZp8wHwYDVR0jBBgwFoAUx+RGqFtkBtGC6Jfgx6HAntYhZp8wDwYD',
  'VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI',
  'zj0EAwIDSAAwRQIgQzDvMnl/vy4pT/tizpQcwxhJK1DM9JArfMTmAWUf21wCIQCB',
  'EzXZSRxce0jVIA1Hl9sxT4qwEt9EL7Ua3asujmKSaA==',
  '-----END CERTIFICATE-----',
].join('\n');

/** The private key of {@link testCertificate}. */
export const testKey = [
  '-----BEGIN PRIVATE KEY-----',
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdjnh4HldMRxMwXGn',
  'gjcE89FwrNhRrYm0/EiFUMs8b8GhRANCAATf92lsudTmTe1m9bEjXTx05kGfZDo2',
  'ZDuA/eOWM8R9Ob9kHqZLYbJN9sojKwygHXJQBg45drwy/Y+WzimwmiOj',
  '-----END PRIVATE KEY-----',
].join('\n');

/** A private key that belongs to no certificate. */
export const foreignTestKey = [
  '-----BEGIN PRIVATE KEY-----',
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvwgJj/P5uVgvOIrp',
  'jGckk2GWm9NIV0IhHIGg2jHuV9qhRANCAAQPrapcBxmqX76gEB94U+DO5GACeIF7',
  'jbDZHvoe0YzxWa26pNkoMh0G/nK62gKHIExBPQdhfGsam4p2qxlIRBNJ',
  '-----END PRIVATE KEY-----',
].join('\n');

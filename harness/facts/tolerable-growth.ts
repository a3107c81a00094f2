/** Octets by which a server may grow while we make it work, whatever its allocator and garbage collector do. */
export const tolerableGrowth = 64 * 1024 * 1024;

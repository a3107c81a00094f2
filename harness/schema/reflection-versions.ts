/** The versions of server reflection, newest first; they differ in nothing but the name (protos/grpc/reflection). */
export const reflectionVersions = ['v1', 'v1alpha'] as const;

export type ReflectionVersion = (typeof reflectionVersions)[number];

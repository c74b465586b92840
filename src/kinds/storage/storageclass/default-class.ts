/**
 * Which StorageClass claims without a class are given.
 */
import type { StorageClass } from '../../../api/generated/types/storage-v1.ts'

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'
const BETA_DEFAULT_CLASS = 'storageclass.beta.kubernetes.io/is-default-class'

export const isDefaultStorageClass = (o: StorageClass): boolean =>
  o.metadata.annotations?.[DEFAULT_CLASS] === 'true' || o.metadata.annotations?.[BETA_DEFAULT_CLASS] === 'true'

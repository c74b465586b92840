/**
 * Access modes in short form, and capacity, as the tables and describe of volumes and claims show them.
 */
const SHORT: readonly (readonly [mode: string, text: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

export const ACCESS_MODES = SHORT.map(([mode]) => mode).sort()

/** `RWO,RWX`, each once, in the API's order. */
export const accessModesText = (modes: readonly string[] | undefined): string =>
  SHORT.filter(([mode]) => modes?.includes(mode))
    .map(([, text]) => text)
    .join(',')

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'

/** The class a volume or claim names, in its old annotation or its field. */
export const storageClassOf = (object: {
  metadata: { annotations?: Record<string, string> }
  spec?: { storageClassName?: string }
}): string => object.metadata.annotations?.[BETA_CLASS] ?? object.spec?.storageClassName ?? ''

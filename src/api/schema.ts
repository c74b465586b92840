/**
 * The shape of an API object as data: what OpenAPI says of it, with references already followed.
 * One Schema serves decoding, pruning, list merge keys, `explain`, OpenAPI and the schemas of CRDs.
 */

export interface Schema {
  /** Absent for a value of any type (x-preserve-unknown, RawExtension). */
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array'
  /** int32, int64, double, date-time, byte, quantity, int-or-string … */
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly listType?: 'atomic' | 'set' | 'map'
  readonly listMapKeys?: readonly string[]
  readonly mapType?: 'atomic' | 'granular'
  /** As kubectl's strategic merge reads it: `merge`, `retainKeys`, `merge,retainKeys`, `replace`. */
  readonly patchStrategy?: string
  readonly patchMergeKey?: string
  /** Unknown fields below here are kept (CRDs' x-kubernetes-preserve-unknown-fields). */
  readonly preserveUnknown?: boolean
  /** The definition's own name, such as `io.k8s.api.core.v1.PodSpec`; only on named definitions. */
  readonly name?: string
  /** What a CRD's author says of it; the API's own words are `kubectl explain`'s business. */
  readonly description?: string
}

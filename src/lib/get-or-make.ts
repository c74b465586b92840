/** The value at a key of a map, made and kept if it was not there. */
export function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V
export function getOrMake<K extends object, V>(map: WeakMap<K, V>, key: K, make: () => V): V
export function getOrMake<K extends object, V>(map: Map<K, V> | WeakMap<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

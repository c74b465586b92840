/** Objects of one resource in one namespace (or of one index value), kept in byte order of their keys. Lists are handed out as frozen snapshots. */
import type { ApiObject } from '../api/meta.ts'

export class Collection {
  #keys: string[] = []
  #objects: ApiObject[] = []
  #handedOut = false

  get size(): number {
    return this.#keys.length
  }

  #position(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }

  get(key: string): ApiObject | undefined {
    const at = this.#position(key)
    return this.#keys[at] === key ? this.#objects[at] : undefined
  }

  set(key: string, object: ApiObject): void {
    this.#own()
    const at = this.#position(key)
    if (this.#keys[at] === key) this.#objects[at] = object
    else {
      this.#keys.splice(at, 0, key)
      this.#objects.splice(at, 0, object)
    }
  }

  delete(key: string): void {
    const at = this.#position(key)
    if (this.#keys[at] !== key) return
    this.#own()
    this.#keys.splice(at, 1)
    this.#objects.splice(at, 1)
  }

  /** A snapshot: later changes of the collection do not show in it. */
  list(): readonly ApiObject[] {
    this.#handedOut = true
    return this.#objects
  }

  #own(): void {
    if (!this.#handedOut) return
    this.#objects = this.#objects.slice()
    this.#handedOut = false
  }
}

/** Where saves and progress are kept: texts by name (`saves/services/web.jsonl`). The host keeps them in files; tests in a map. */
export interface Shelf {
  read(name: string): string | undefined
  /** Replaces the whole text at once: after a crash it is the old or the new one. */
  write(name: string, text: string): void
  /** Adds to the end and does not return before it is kept. */
  append(name: string, text: string): void
  remove(name: string): void
}

export class MemoryShelf implements Shelf {
  readonly texts = new Map<string, string>()

  read(name: string): string | undefined {
    return this.texts.get(name)
  }
  write(name: string, text: string): void {
    this.texts.set(name, text)
  }
  append(name: string, text: string): void {
    this.texts.set(name, (this.texts.get(name) ?? '') + text)
  }
  remove(name: string): void {
    this.texts.delete(name)
  }
}

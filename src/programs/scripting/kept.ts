/** Compiled texts, kept by the text: many processes run the same script. Derived, so it may be forgotten at any time. */
import type { Stmt } from './ast.ts'
import { compileModule } from './compile.ts'

type Codes = ReturnType<typeof compileModule>

const MOST = 200

/** A language's compiler that compiles each text once. */
export function keptCompiler(
  parse: (text: string) => readonly Stmt[],
  options: Parameters<typeof compileModule>[1],
): (text: string) => Codes {
  const kept = new Map<string, Codes>()
  return (text) => {
    let codes = kept.get(text)
    if (codes === undefined) {
      if (kept.size > MOST) kept.clear()
      codes = compileModule(parse(text), options)
      kept.set(text, codes)
    }
    return codes
  }
}

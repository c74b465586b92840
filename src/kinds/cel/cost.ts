/**
 * What CEL expressions take: each part of a tree that is evaluated counts, and an expression ends where Kubernetes' own runtime limit of one
 * call would end it (apiserver's cel.PerCallLimit). The library has no such limit, so its nodes are made to count.
 */
const PER_CALL_LIMIT = 1_000_000
const READY = 12

interface Node {
  evaluate(evaluator: unknown, node: unknown, context: unknown): unknown
}

let evaluated = 0
let callEnds = Number.POSITIVE_INFINITY

/** Parts of expressions evaluated so far, by anybody: of use as a difference. */
export const celEvaluated = (): number => evaluated

/** Runs one call of an expression. Throws in the API's words where it goes on for too long. */
export function withinCallLimit<T>(run: () => T): T {
  const outer = callEnds
  callEnds = Math.min(outer, evaluated + PER_CALL_LIMIT)
  try {
    return run()
  } finally {
    callEnds = outer
  }
}

/** A part of a value was made ready for expressions: with what is done to it before and after, as much as some parts of an expression. */
export function countReady(): void {
  evaluated += READY
}

function count(): void {
  if (++evaluated > callEnds) throw new Error('operation cancelled: actual cost limit exceeded')
}

/** Makes nodes of this tree's class count themselves; those that macros make on the way, too. To be called once. */
export function countNodes(tree: object): void {
  const prototype = Object.getPrototypeOf(tree) as Node
  const settle = prototype.evaluate
  // A node learns at its first evaluation how it is evaluated, and keeps that as a method of its own.
  prototype.evaluate = function (this: Node, evaluator, node, context) {
    const result = settle.call(this, evaluator, node, context)
    const own = this.evaluate
    if (own !== prototype.evaluate)
      this.evaluate = function (this: Node, ...call) {
        count()
        return own.apply(this, call)
      }
    count()
    return result
  }
}

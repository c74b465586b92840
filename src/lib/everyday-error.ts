/** An error that is an everyday answer (a file that is not there, a wrong password): somebody catches it, and no stack is worth its price. */
export class EverydayError extends Error {
  constructor(message: string) {
    const depth = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = depth
  }
}

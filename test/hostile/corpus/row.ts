/** One hostile submission: what it is called, and its script. */
export type Row = readonly [name: string, script: string]

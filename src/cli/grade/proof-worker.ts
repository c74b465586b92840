/** A worker of `level test`: does the proofs it is sent, one after another. */
import { parentPort } from 'node:worker_threads'
import { type ProofTask, prove } from './proof.ts'

parentPort!.on('message', (task: ProofTask) => parentPort!.postMessage(prove(task)))

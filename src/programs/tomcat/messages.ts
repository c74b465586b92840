/** Tomcat's log lines and error page. */
import { civilFromMs } from '../../api/rfc3339.ts'
import type { ProcessContext } from '../contract.ts'
import { commonLogTime, httpDate } from '../text/times.ts'

/** `20-Nov-2026 11:20:06.123 INFO [main] logger text`. */
export function log(ctx: ProcessContext, level: 'INFO' | 'WARNING' | 'SEVERE', logger: string, text: string, thread = 'main'): void {
  const [, day, month, year, clock] = /, (\d+) (\w+) (\d+) (\S+)/.exec(httpDate(ctx.nowMs))!
  const ms = String(civilFromMs(ctx.nowMs).millisecond).padStart(3, '0')
  ctx.log(`${day}-${month}-${year} ${clock}.${ms} ${level} [${thread}] ${logger} ${text}`, 'stderr')
}

const REASONS: Readonly<Record<number, string>> = { 404: 'Not Found', 500: 'Internal Server Error', 405: 'Method Not Allowed' }

export const errorPage = (status: number, message: string): string =>
  `<!doctype html><html lang="en"><head><title>HTTP Status ${status} – ${REASONS[status] ?? ''}</title></head><body><h1>HTTP Status ${status} – ${REASONS[status] ?? ''}</h1><hr class="line" /><p><b>Type</b> Status Report</p><p><b>Message</b> ${message}</p><hr class="line" /><h3>Apache Tomcat</h3></body></html>`

export const accessLine = (nowMs: number, ip: string, method: string, path: string, status: number, bytes: number): string =>
  `${ip} - - [${commonLogTime(nowMs)}] "${method} ${path} HTTP/1.1" ${status} ${bytes || '-'}`

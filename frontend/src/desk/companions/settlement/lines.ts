/** Small CSV files of windows and regions, read in the page: one line an item, the first line names the columns. Pure. */
export interface FeeLine { code: string; name: string; day: string; quantity: string; price: string }
export interface TheirLine { number: string; total: string; fund: string }

/** Cells of a CSV text (RFC 4180), without empty lines and the byte-order mark. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  const body = text.replace(/^\uFEFF/, '')
  for (let at = 0; at < body.length; at++) {
    const letter = body[at] as string
    if (quoted && letter === '"' && body[at + 1] === '"') { cell += '"'; at++ }
    else if (letter === '"') quoted = !quoted
    else if (!quoted && (letter === ',' || letter === '\n')) {
      rows[rows.length - 1]?.push(cell.trim())
      cell = ''
      if (letter === '\n') rows.push([])
    } else cell += letter
  }
  rows[rows.length - 1]?.push(cell.trim())
  return rows.filter((row) => row.some(Boolean))
}

/** Reads named columns; a column may be named in several ways. Raises RangeError with the number of the first bad line. */
function named<Line>(text: string, columns: Record<keyof Line & string, readonly string[]>): Line[] {
  const [head = [], ...rows] = cellsOf(text)
  const keys = Object.entries(columns) as [keyof Line & string, readonly string[]][]
  const places = keys.map(([key, names]) => [key, head.findIndex((cell) => names.includes(cell))] as const)
  return rows.map((row, n) => {
    const pairs = places.map(([key, place]) => [key, row[place] ?? ''] as const)
    if (pairs.some(([, value]) => !value)) throw new RangeError(String(n + 2))
    return Object.fromEntries(pairs) as Line
  })
}

export const feeLines = (text: string): FeeLine[] => named<FeeLine>(text, {
  code: ['code', '编码', '目录编码'], name: ['name', '名称'], day: ['day', '日期'], quantity: ['quantity', '数量'], price: ['price', '单价', '单价（元）'],
})
export const theirLines = (text: string): TheirLine[] => named<TheirLine>(text, {
  number: ['number', '结算号'], total: ['total', '总费用', '总费用（元）'], fund: ['fund', '基金支付', '基金支付（元）'],
})

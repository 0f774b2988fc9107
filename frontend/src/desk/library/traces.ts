const OLD = /\.(doc|dot|xls|xlt|ppt|pps)$/i

/** What is said beside a chosen file about the names in it (resources/media/office_traces.py, pdf_traces.py). */
export function traces(filename: string): 'all' | 'old' | 'pdf' {
  if (OLD.test(filename)) return 'old'
  return /\.pdf$/i.test(filename) ? 'pdf' : 'all'
}

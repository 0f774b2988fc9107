/** The addresses of the relays that serve one session, the nearest first. Pure. */
export class Ways {
  private at = 0
  private failed = 0

  constructor(private readonly urls: readonly string[]) {}

  get url(): string {
    return this.urls[this.at] ?? ''
  }

  /** The nearest one, while another serves. */
  get home(): string | null {
    return this.at ? (this.urls[0] ?? null) : null
  }

  get alone(): boolean {
    return this.urls.length < 2
  }

  /** This one does not serve: turn to the next. False when all have been tried since one served. */
  next(): boolean {
    this.at = (this.at + 1) % Math.max(1, this.urls.length)
    return ++this.failed < this.urls.length
  }

  served(): void {
    this.failed = 0
  }

  goHome(): void {
    this.at = 0
  }
}

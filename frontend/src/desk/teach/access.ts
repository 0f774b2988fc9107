/** The tickets of one broadcast. */
import type { TicketAnswer } from '../../shared/shapes'

/** A takeover is meant once. A ticket that allows it is laid aside as soon as it has served: if yet another person takes
 *  the lesson over, this page must find the place taken, not seize it back. */
export class Access {
  private served = false

  constructor(
    readonly answer: TicketAnswer,
    private readonly takeover: boolean,
    private readonly renew: () => Promise<TicketAnswer>,
    private ticket = answer.ticket,
  ) {}

  use = async (stale: boolean): Promise<string> => {
    if (stale || (this.takeover && this.served)) {
      this.ticket = (await this.renew()).ticket
      this.served = false
    }
    return this.ticket
  }

  hasServed(): void {
    this.served = true
  }
}

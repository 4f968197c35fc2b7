// @ts-check
/** Read what a connection is doing out of its statistics. */

/**
 * @typedef {object} Figures
 * @property {number} bytesIn media bytes that came in
 * @property {number} framesIn pictures decoded
 * @property {number | null} loss share of our packets the other end missed lately, 0 to 1
 * @property {number | null} rttMs
 * @property {number} reportedAt when the other end last reported how it fares: an old report is no news
 * @property {number | null} estimate bit/s the browser thinks it can send
 */

/**
 * Reduce a stats report to the figures the room needs.
 * @param {RTCStatsReport} report
 * @returns {Figures}
 */
export function readFigures(report) {
  /** @type {Figures} */
  const figures = { bytesIn: 0, framesIn: 0, loss: null, rttMs: null, reportedAt: 0, estimate: null };
  for (const line of report.values()) {
    if (line.type === "inbound-rtp") {
      figures.bytesIn += line.bytesReceived ?? 0;
      figures.framesIn += line.framesDecoded ?? 0;
    } else if (line.type === "remote-inbound-rtp") {
      figures.reportedAt = Math.max(figures.reportedAt, line.timestamp);
      figures.loss = Math.max(figures.loss ?? 0, line.fractionLost ?? 0);
      if (line.roundTripTime !== undefined) figures.rttMs = Math.max(figures.rttMs ?? 0, line.roundTripTime * 1000);
    } else if (line.type === "candidate-pair" && line.nominated && line.availableOutgoingBitrate !== undefined) {
      figures.estimate = line.availableOutgoingBitrate;
    }
  }
  return figures;
}

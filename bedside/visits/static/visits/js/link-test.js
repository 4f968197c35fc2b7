// @ts-check
/**
 * The network half of the device check: is the live socket reachable, is a relay, and how does a short
 * loop-back call to oneself fare. Figures only; nothing that was seen or heard leaves the page.
 */

const SOCKET_WITHIN = 5000;
const RELAY_WITHIN = 5000;
const CONNECT_WITHIN = 6000;
const WATCH_FOR = 3000;

/**
 * @typedef {object} LinkFigures
 * @property {number | null} rtt_ms round trip to the server over the socket
 * @property {boolean | null} relay whether a relay answered; null when there is none to ask
 * @property {number | null} loss share of packets lost in the loop-back call; null when it did not connect
 */

/**
 * Test the link. Never throws: what cannot be measured is null.
 * @param {object} how
 * @param {string} how.socketUrl
 * @param {RTCIceServer[]} how.iceServers
 * @param {MediaStream | null} how.stream what to send to oneself
 * @returns {Promise<LinkFigures>}
 */
export async function testLink({ socketUrl, iceServers, stream }) {
  const hasRelay = iceServers.some((server) => [server.urls].flat().some((url) => url.startsWith("turn")));
  const [rtt_ms, relay] = await Promise.all([
    socketRoundTrip(socketUrl).catch(() => null),
    hasRelay ? relayAnswers(iceServers).catch(() => false) : null,
  ]);
  const loss = await loopBack(relay ? iceServers : [], relay === true, stream).catch(() => null);
  return { rtt_ms, relay, loss };
}

/** @param {string} url @returns {Promise<number>} the best of three round trips, in ms */
function socketRoundTrip(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(new URL(url, location.href).href.replace(/^http/, "ws"));
    /** @type {number[]} */
    const trips = [];
    const done = (/** @type {() => void} */ then) => {
      clearTimeout(late);
      socket.onclose = null;
      socket.close();
      then();
    };
    const late = setTimeout(() => done(reject), SOCKET_WITHIN);
    const ping = () => socket.send(JSON.stringify({ t: "ping", at: performance.now() }));
    socket.onopen = ping;
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.t !== "pong") return;
      trips.push(performance.now() - frame.at);
      if (trips.length === 3) done(() => resolve(Math.round(Math.min(...trips) * 10) / 10));
      else ping();
    };
    socket.onclose = () => done(reject);
  });
}

/** @param {RTCIceServer[]} iceServers @returns {Promise<boolean>} */
async function relayAnswers(iceServers) {
  const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
  try {
    pc.createDataChannel("probe");
    const found = new Promise((resolve) => {
      pc.onicecandidate = ({ candidate }) => candidate?.candidate && resolve(true);
      setTimeout(() => resolve(false), RELAY_WITHIN);
    });
    await pc.setLocalDescription();
    return /** @type {boolean} */ (await found);
  } finally {
    pc.close();
  }
}

/**
 * Call oneself, through the relay where there is one, and return the share of packets lost.
 * @param {RTCIceServer[]} iceServers
 * @param {boolean} isRelayed
 * @param {MediaStream | null} stream
 * @returns {Promise<number | null>}
 */
async function loopBack(iceServers, isRelayed, stream) {
  /** @type {RTCConfiguration} */
  const configuration = { iceServers, iceTransportPolicy: isRelayed ? "relay" : "all" };
  const [one, other] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  try {
    one.onicecandidate = ({ candidate }) => candidate && other.addIceCandidate(candidate);
    other.onicecandidate = ({ candidate }) => candidate && one.addIceCandidate(candidate);
    const tracks = stream?.getTracks() ?? [];
    tracks.forEach((track) => one.addTrack(track));
    if (!tracks.length) one.createDataChannel("probe");
    const connected = new Promise((resolve, reject) => {
      one.onconnectionstatechange = () => one.connectionState === "connected" && resolve(undefined);
      setTimeout(reject, CONNECT_WITHIN);
    });
    await one.setLocalDescription();
    await other.setRemoteDescription(/** @type {RTCSessionDescription} */ (one.localDescription));
    await other.setLocalDescription();
    await one.setRemoteDescription(/** @type {RTCSessionDescription} */ (other.localDescription));
    await connected;
    if (!tracks.length) return 0;
    await new Promise((resolve) => setTimeout(resolve, WATCH_FOR));
    return lossOf(await other.getStats());
  } finally {
    one.close();
    other.close();
  }
}

/** @param {RTCStatsReport} report */
function lossOf(report) {
  let [lost, heard] = [0, 0];
  for (const line of report.values()) {
    if (line.type !== "inbound-rtp") continue;
    lost += Math.max(0, line.packetsLost ?? 0);
    heard += line.packetsReceived ?? 0;
  }
  return heard ? Math.round((lost / (lost + heard)) * 1000) / 1000 : null;
}

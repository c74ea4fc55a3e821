// What wasm cannot say itself, or only at length: the camera (on the page), and the lock, frames and pictures (in the worker).
// Both sides load this file, so nothing here touches the DOM at the top level.

const LOCK = 'ecosphere-store';

// ---- the page's side ----

/** The running camera: its video element, stream, and who waits for it to come back. */
let camera = null;

/** Starts the rear camera in the video element of this id. Resolves to whether it has a light. */
export async function cameraStart(id) {
  cameraStop();
  const video = document.getElementById(id);
  if (!video) throw new Error('The camera has no place on this screen.');
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error('This page is not allowed to use a camera (it needs https). Choose a picture, paste a link or type the barcode.');
  }
  const mine = { video, stream: null, waiting: [], onVisibility: null, starting: null, failed: null };
  camera = mine;
  mine.onVisibility = () => (document.hidden ? pause(mine) : resume(mine));
  document.addEventListener('visibilitychange', mine.onVisibility);
  try {
    await open(mine);
  } catch (error) {
    if (camera === mine) cameraStop();
    throw new Error(cameraTrouble(error));
  }
  return Boolean(mine.stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
}

/** Stops the camera and lets go of everything it held. */
export function cameraStop() {
  const mine = camera;
  if (!mine) return;
  camera = null;
  document.removeEventListener('visibilitychange', mine.onVisibility);
  pause(mine);
  for (const wake of mine.waiting.splice(0)) wake();
}

/** Switches the light. */
export async function cameraTorch(on) {
  const track = camera?.stream?.getVideoTracks()[0];
  if (!track) throw new Error('The camera is not running.');
  try {
    await track.applyConstraints({ advanced: [{ torch: on }] });
  } catch {
    throw new Error('This camera has no light that can be switched.');
  }
}

/** Where this device is, as latitude and longitude in millionths of a degree; asked for only when a person wants the nearest. */
export function whereAmI() {
  return new Promise((resolve, reject) => {
    const elsewhere = 'The other orders work without it.';
    if (!navigator.geolocation) return reject(new Error(`This browser cannot find out where you are. ${elsewhere}`));
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => resolve([latitude, longitude].map(degrees => Math.round(degrees * 1e6))),
      ({ code }) => reject(new Error(code === 1
        ? `This page was not allowed to know where you are. Allow it in your browser's settings and choose "Nearest" again. ${elsewhere}`
        : `Where you are could not be found out here; try again nearer a window. ${elsewhere}`)),
      { maximumAge: 300_000, timeout: 15_000 },
    );
  });
}

/** The next frame as [pixels, width, height]: a VideoFrame, or RGBA bytes where that is missing. Null when the camera was stopped meanwhile. */
export async function cameraGrab() {
  const mine = camera;
  if (!mine) throw new Error('The camera is not running.');
  while (camera === mine && !mine.stream) {
    if (mine.failed) throw new Error(mine.failed);
    await new Promise(resolve => mine.waiting.push(resolve));
  }
  if (camera !== mine) return null;
  const { video } = mine;
  await nextFrame(video);
  if (camera !== mine || !mine.stream || !video.videoWidth) return null;
  const [width, height] = [video.videoWidth, video.videoHeight];
  if (self.VideoFrame) {
    try {
      return [new VideoFrame(video), width, height];
    } catch { /* some browsers know the name only: draw it instead */ }
  }
  mine.canvas ??= document.createElement('canvas');
  if (mine.canvas.width !== width || mine.canvas.height !== height) Object.assign(mine.canvas, { width, height });
  mine.context ??= mine.canvas.getContext('2d', { willReadFrequently: true });
  mine.context.drawImage(video, 0, 0);
  return [mine.context.getImageData(0, 0, width, height).data.buffer, width, height];
}

/** The file chosen in the input of this id, or null. */
export function chosenFile(id) {
  return document.getElementById(id)?.files?.[0] ?? null;
}

/** Resolves once no other tab holds the store. */
export async function untilFree() {
  await navigator.locks?.request(LOCK, { mode: 'shared' }, () => {});
}

async function open(mine) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  if (camera !== mine || document.hidden) {
    for (const track of stream.getTracks()) track.stop();
    return;
  }
  mine.failed = null;
  mine.video.muted = true;
  mine.video.playsInline = true;
  mine.video.srcObject = stream;
  await mine.video.play().catch(() => {}); // interrupted by a stop that came at once
  if (camera !== mine || document.hidden) {
    for (const track of stream.getTracks()) track.stop();
    return;
  }
  mine.stream = stream;
  for (const wake of mine.waiting.splice(0)) wake();
}

function pause(mine) {
  for (const track of mine.video.srcObject?.getTracks?.() ?? []) track.stop();
  mine.video.srcObject = null;
  mine.stream = null;
}

function resume(mine) {
  if (mine.stream || camera !== mine) return;
  mine.starting ??= open(mine)
    .catch(error => {
      mine.failed = cameraTrouble(error);
      for (const wake of mine.waiting.splice(0)) wake();
    })
    .finally(() => (mine.starting = null));
}

function nextFrame(video) {
  const soon = new Promise(resolve => setTimeout(resolve, 250));
  if (!video.requestVideoFrameCallback) return new Promise(resolve => requestAnimationFrame(resolve));
  return Promise.race([soon, new Promise(resolve => video.requestVideoFrameCallback(resolve))]);
}

function cameraTrouble(error) {
  const other = 'Choose a picture, paste a link or type the barcode instead.';
  switch (error?.name) {
    case 'NotAllowedError': return `The camera is not allowed for this page; you can allow it in the browser's settings. ${other}`;
    case 'NotFoundError': case 'OverconstrainedError': return `This device has no camera. ${other}`;
    case 'NotReadableError': case 'AbortError': return `Another app is using the camera; close it and try again. ${other}`;
    default: return `The camera did not start (${error?.message || error}). ${other}`;
  }
}

// ---- the worker's side ----

/** True once this worker holds the lock; opening may be tried again after another failure. */
let held = false;

/** Takes the store's lock for as long as this worker lives. False: another tab holds it. */
export function holdLock() {
  if (held || !navigator.locks) return Promise.resolve(true);
  // A worker that was terminated a moment ago may still be letting go.
  const signal = AbortSignal.timeout(400);
  return new Promise(resolve => {
    navigator.locks.request(LOCK, { signal }, () => {
      held = true;
      resolve(true);
      return new Promise(() => {});
    }).catch(() => resolve(false));
  });
}

/** True where SQLite can keep its files: the origin's private file system with synchronous access. */
export async function hasOpfs() {
  if (!self.isSecureContext || !navigator.storage?.getDirectory || !self.FileSystemFileHandle?.prototype?.createSyncAccessHandle) return false;
  try {
    await navigator.storage.getDirectory(); // private windows of some browsers refuse it only here
    return true;
  } catch {
    return false;
  }
}

export function pauseFor(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

/** The service worker's answer to a message; null where there is none, or an older one that does not understand. */
async function mailbox(message) {
  const patience = 3_000;
  const registration = await Promise.race([navigator.serviceWorker?.ready, pauseFor(patience)]);
  if (!registration?.active) return null;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise(resolve => (port1.onmessage = ({ data }) => resolve(data)));
  registration.active.postMessage(message, [port2]);
  return Promise.race([answer, pauseFor(patience).then(() => null)]);
}

/** Gives bytes to the next page that asks for them. */
export function handOver(bytes) {
  return mailbox({ hand: bytes.slice() });
}

/** What the page before handed over, once. */
export function handedOver() {
  return mailbox('what was handed over');
}

const LUMA_FIRST = /^(I420|I422|I444)A?$|^NV12A?$/;
const FOUR_BYTES = /^(RGB|BGR)[AX]$/;

/** A VideoFrame's pixels as [buffer, width, height, stride, offset, isRgba]; closes the frame. */
export async function framePixels(frame) {
  try {
    const [luma, four] = [LUMA_FIRST.test(frame.format ?? ''), FOUR_BYTES.test(frame.format ?? '')];
    if (!luma && !four) return canvasPixels(frame, frame.displayWidth, frame.displayHeight);
    const { width, height } = frame.visibleRect;
    const buffer = new ArrayBuffer(frame.allocationSize());
    const [{ stride, offset }] = await frame.copyTo(buffer);
    return [buffer, width, height, stride, offset, four];
  } finally {
    frame.close();
  }
}

/** The size of a picture file and its first bytes, in which its dimensions are written: [size, buffer]. */
export async function pictureHead(file, length) {
  return [file.size, await file.slice(0, length).arrayBuffer()];
}

/** A picture file's pixels, shrunk so that no side is longer than `side`: [buffer, width, height, stride, offset, isRgba]. */
export async function picturePixels(file, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const bitmap = await createImageBitmap(file, scale < 1
    ? { resizeWidth: Math.max(1, Math.round(width * scale)), resizeHeight: Math.max(1, Math.round(height * scale)), resizeQuality: 'high' }
    : {});
  try {
    return canvasPixels(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

function canvasPixels(source, width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0, width, height);
  return [context.getImageData(0, 0, width, height).data.buffer, width, height, width * 4, 0, true];
}

const key = "okoshko.sound";
let audio: AudioContext | null = null;

// chime shows the switch for the sound and remembers it on this device.
export function chime(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-sound]");
  if (!button || typeof AudioContext === "undefined") return;
  button.hidden = false;
  set(button, localStorage.getItem(key) === "on");
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    localStorage.setItem(key, on ? "on" : "off");
    set(button, on);
    if (on) play();
  });
}

function set(button: HTMLButtonElement, on: boolean): void {
  button.setAttribute("aria-pressed", String(on));
}

// announce sounds for something new, where the sound is on. A browser that has
// seen no touch of this page yet stays silent; the title still counts.
export function announce(): void {
  if (localStorage.getItem(key) === "on") play();
}

// play is two soft notes, half a second in all.
function play(): void {
  audio ??= new AudioContext();
  void audio.resume();
  for (const [at, pitch] of [[0, 659], [0.16, 880]] as const) {
    const note = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + at;
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.35);
    note.connect(volume).connect(audio.destination);
    note.start(start);
    note.stop(start + 0.4);
  }
}

/** A scrolling area for drawings higher than a browser can scroll: beyond its limit one pixel of scrolling is several of the drawing. */

/** Browsers clip elements at some 33 million pixels. */
const HIGHEST = 8_000_000;

export interface Scroller {
  /** The heights between which the drawing is in view. */
  readonly view: () => { readonly top: number; readonly height: number };
  readonly setHeight: (height: number) => void;
  /** Brings this height to the upper edge. */
  readonly scrollTo: (top: number, behavior: ScrollBehavior) => void;
  /** Puts a drawing that begins at height `from` where it belongs. */
  readonly place: (drawing: SVGSVGElement, from: number) => void;
}

/** `area` scrolls; `heads` stays at its top; `sizer` holds the drawing and is as high as it is. */
export function createScroller(
  area: HTMLElement,
  heads: HTMLElement,
  sizer: HTMLElement,
): Scroller {
  let height = 0;
  const visible = () => Math.max(0, area.clientHeight - heads.offsetHeight);
  const factor = () => {
    if (height <= HIGHEST) return 1;
    return (height - visible()) / (HIGHEST - visible());
  };
  return {
    view: () => ({ top: area.scrollTop * factor(), height: visible() }),
    setHeight: (value) => {
      height = value;
      sizer.style.height = `${Math.min(value, HIGHEST)}px`;
    },
    scrollTo: (top, behavior) => {
      area.scrollTo({ top: Math.max(0, top) / factor(), behavior });
    },
    place: (drawing, from) => {
      const top = area.scrollTop * factor();
      drawing.style.top = `${Math.round(area.scrollTop - (top - from))}px`;
    },
  };
}

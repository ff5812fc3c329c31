export interface Point {
  x: number;
  y: number;
  label?: string;
}

export interface Size {
  width: number;
  height: number;
}

import { priceOf } from "./prices";

/** A small shopping cart: the sample that the demo explains and edits. */
export interface Item {
  name: string;
  price: number;
}

export function clamp(x: number, min: number, max: number) {
  if (x < min) return min;
  if (x > max) return max;
  return x;
}

export class Cart {
  private items: Item[] = [];

  put(name: string) {
    this.items.push({ name, price: priceOf(name) });
  }

  isEven(n: number) {
    if (n % 2 === 0) {
      return true;
    } else {
      return false;
    }
  }
}

export function total(items: Item[]) {
  let sum = 0;
  for (let i = 0; i < items.length; i++) {
    sum += items[i].price;
  }
  return sum;
}

export interface User {
  active: boolean;
  roles: string[];
}

export function mayEdit(user: User | undefined, locked: boolean): boolean {
  if (user) {
    if (user.active) {
      if (!locked) {
        return user.roles.includes("editor");
      } else {
        return user.roles.includes("admin");
      }
    } else {
      return false;
    }
  } else {
    return false;
  }
}

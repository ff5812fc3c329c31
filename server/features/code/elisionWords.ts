/** The words of comments that stand for omitted code, in the languages that models answer in. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words that mark such a comment. */
export const KEYWORDS = words(`
  existing rest remaining remainder remains remain unchanged same previous original other others omitted snip snipped etc
  elided skipped truncated abbreviated unmodified additional untouched continues your
  restlich restliche restlicher restlichen restliches rest übrige übriger übrigen übriges bisherige bisheriger bisherigen
  bestehende bestehender bestehenden bestehendes vorhandene vorhandener vorhandenen unverändert unveränderter ausgelassen
  weggelassen gekürzt usw
  reste restant restante restants restantes existant existante existants existantes inchangé inchangée inchangés inchangées
  omis omise précédent précédente identique
  resto restante restantes existente existentes anterior sinalterar omitido omitida omitidos igual
  restanti esistente esistenti invariato invariata invariati invariate immutato immutata omesso omessa precedente resto
  без остальной остальная остальное остальные существующий существующая существующие неизменным прежнему
  inalterado inalterada inalterados existentes`);

/** The other words of such a comment. A comment with any other word belongs to the code. */
export const FILLER_WORDS = words(`
  the a an of is are to be as it its for in with and so on or at from all any no not more further only here below above
  before after else everything anything stay stays still keep keeps kept left out up this that these those like needed
  required necessary changes changed continue code logic implementation implementations function functions method methods
  class classes members member body file files line lines statement statements block blocks content contents import imports
  properties props fields keys values entries items sections section parts part tests cases routes handlers hooks
  components elements markup styles rules config configuration settings setup options constants declarations definitions
  types module script queries columns todo brevity clarity shown behaviour behavior structure stuff attributes children
  steps jobs services dependencies exact exactly just
  der die das den dem des vom von bleibt bleiben wie zuvor bisher vorher oben gleich hier und so weiter funktion funktionen
  methode methoden klasse klassen code codes inhalt implementierung logik zeilen teil datei felder eigenschaften importe
  le la les du de des un une et est sont reste restent ici comme avant même code fonction fonctions méthode méthodes classe
  corps fichier lignes contenu logique implémentation champs propriétés imports sans changement changements modification
  modifications ci dessus pour suite
  el los las lo del una y se mantiene mantienen permanece sigue como antes aquí código función funciones método métodos clase
  cuerpo archivo líneas contenido lógica implementación campos propiedades importaciones sin cambios cambio modificar
  il gli i lo della dello delle degli dei un uno rimane rimangono come prima qui codice funzione funzioni metodo metodi
  corpo righe contenuto logica implementazione campi proprietà importazioni senza modifiche modifica
  код кода функция функции метод методы класс изменений изменения остаётся остается как по было файла тело
  o os as do da permanece mantém aqui código função métodos classe sem alterações`);

/** Phrases that mark such a comment, though none of their words does alone. */
export const KEY_PHRASE =
  /\b(?:as (?:before|above|is)|so on|no (?:other |further |more )?changes|sans (?:changement|modification)s?|sin cambios|senza modifiche|bleib(?:t|en)(?: \S+){0,3} (?:gleich|unverändert|so|erhalten)|stays? (?:as|the)|wie (?:bisher|zuvor|vorher|oben)|come prima|como antes|comme avant|und so weiter)\b/;

/** An instruction to keep or insert code. It does not explain the code below it. */
export const ORDER =
  /^(?:keep|leave|retain|insert|paste|behalte?|lass|einfügen|mant[eé]n|deja|garde[rz]?|laisse[rz]?|mantieni|lascia)\b.*\b(?:here|hier|aquí|ici|qui)[.!)]?$/i;

/** Keywords of Chinese, Japanese and Korean, which are found inside longer words. */
export const UNSPACED_KEYWORD =
  /其余|其餘|剩余|剩餘|现有|現有|原有|已有|省略|不变|不變|未更改|未修改|同上|同じ|既存|残り|変更なし|変更ありません|そのまま|以下同様|以前と同じ|기존|나머지|생략|변경 없음|동일/;

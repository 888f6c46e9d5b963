/* Names as ICAO Doc 9303-3, section 6 spells them. */
#include <garita/name.h>

#include <stdlib.h>

#include "unit.h"

typedef struct spelling {
    const char *name, *mrz;
} spelling;

static void assert_spelled(const char *name, const char *mrz)
{
    char out[GARITA_MRZ_NAME_MAX];
    size_t len = 9999;
    char *copy = (char *)exact_copy(name, strlen(name));
    garita_error e = garita_name_mrz(out, &len, copy, strlen(name));
    free(copy);
    if (e != GARITA_OK || strcmp(out, mrz) != 0 || len != strlen(mrz))
        fail_msg("%s: \"%s\", not \"%s\" (%s)", name, out, mrz, garita_error_name(e));
}

static void assert_refused(const char *name)
{
    char out[GARITA_MRZ_NAME_MAX] = "before";
    size_t len = 9999;
    garita_error e = garita_name_mrz(out, &len, name, strlen(name));
    if (e != GARITA_E_UNTRANSLATABLE)
        fail_msg("%s: \"%s\"", name, out);
    assert_int_equal(len, 0);
    assert_string_equal(out, "");
}

static void name_spells_latin_letters(void **state)
{
    (void)state;
    static const spelling names[] = {
        {"MARÍA FERNANDA GARCÍA LÓPEZ", "MARIA<FERNANDA<GARCIA<LOPEZ"},
        {"Anna Maria Eriksson", "ANNA<MARIA<ERIKSSON"},
        {"MÜLLER", "MUELLER"},
        {"Müller", "MUELLER"},
        {"Jörg Ärmel", "JOERG<AERMEL"},
        {"PEÑA NUÑEZ", "PENA<NUNEZ"},
        {"peña", "PENA"},
        {"Weiß", "WEISS"},
        {"WEIẞ", "WEISS"},
        {"Ærøskøbing Åse", "AEROESKOEBING<AASE"},
        {"Þór Guðmundsdóttir", "THOR<GUDMUNDSDOTTIR"},
        {"Œuvre Ÿ Çelik", "OEUVRE<Y<CELIK"},
        {"İbrahim Işık Ağaoğlu", "IBRAHIM<ISIK<AGAOGLU"},
        {"Łukasz Żółć", "LUKASZ<ZOLC"},
        {"Dvořák Škvorecký Ťukalová", "DVORAK<SKVORECKY<TUKALOVA"},
        {"Đorđe Ĳsbrand", "DORDE<IJSBRAND"},
        {"Țepeș Ştefan", "TEPES<STEFAN"},
        {"Ŵyn Ŋ Ħal", "WYN<N<HAL"},
        {"Congreſs", "CONGRESS"},
    };
    for (size_t i = 0; i < COUNT(names); i++)
        assert_spelled(names[i].name, names[i].mrz);
}

/* The diaeresis of güe and güi is not the German one. */
static void name_spells_a_spanish_u_with_diaeresis_as_u(void **state)
{
    (void)state;
    static const spelling names[] = {
        {"AGÜERO", "AGUERO"},        {"agüero", "AGUERO"},
        {"Argüello", "ARGUELLO"},    {"GÜIRALDES", "GUIRALDES"},
        {"MAGÜÉS", "MAGUES"},        {"LINGÜÍSTICA", "LINGUISTICA"},
        {"GÜNTHER", "GUENTHER"},     {"HÜGEL", "HUEGEL"},
        {"BÜGE", "BUEGE"},           {"GÜ", "GUE"},
        {"G ÜE", "G<UEE"},           {"AGU\u0308ERO", "AGUERO"},
        {"MU\u0308LLER", "MUELLER"}, {"GU\u0308NTHER", "GUENTHER"},
        {"GU\u0308", "GUE"},         {"MAGU\u0308E\u0301S", "MAGUES"},
    };
    for (size_t i = 0; i < COUNT(names); i++)
        assert_spelled(names[i].name, names[i].mrz);
}

static void name_leaves_out_apostrophes_and_joins_at_hyphens(void **state)
{
    (void)state;
    static const spelling names[] = {
        {"O'CONNOR", "OCONNOR"},
        {"O\u2019Connor", "OCONNOR"},
        {"D\u02bcArcy", "DARCY"},
        {"Ka\u02bbahumanu", "KAAHUMANU"}, /* the Hawaiian okina */
        {"PÉREZ-LÓPEZ", "PEREZ<LOPEZ"},
        {"O`Connor O\u00b4Connor O\u2018Connor", "OCONNOR<OCONNOR<OCONNOR"},
        {"A\u200cB\u200dC", "ABC"}, /* joiners, which only shape letters */
        {"Marie\u2010Elise", "MARIE<ELISE"},
        {"Marie\u2011Elise", "MARIE<ELISE"},
        {"Marie \u2013 Elise", "MARIE<ELISE"},
        {"JOSE  LUIS", "JOSE<LUIS"},
        {" JOSE ", "JOSE"},
        {"JOSE -- LUIS", "JOSE<LUIS"},
        {"JOSE\u00a0LUIS", "JOSE<LUIS"},
        {"MARTIN JR.", "MARTIN<JR"},
        {"DE LA CRUZ, ANA", "DE<LA<CRUZ<ANA"},
    };
    for (size_t i = 0; i < COUNT(names); i++)
        assert_spelled(names[i].name, names[i].mrz);
}

static void name_spells_cyrillic_letters(void **state)
{
    (void)state;
    static const spelling names[] = {
        {"Горбачёв", "GORBACHEV"},
        {"ЩЕРБАКОВ ЮРИЙ", "SHCHERBAKOV<IURII"},
        {"Хрущёв Ильич Яна", "KHRUSHCHEV<ILICH<IANA"},
        {"Подъячев", "PODIEIACHEV"},
        {"Žижек", "ZIZHEK"},
        {"Цой Эдуард Ыл", "TSOI<EDUARD<YL"},
        {"Їжак Єва Ґудзь", "IZHAK<IEVA<GUDZ"},
        {"Љубица Њего Џон Ђ Ј", "LJUBITSA<NJEGO<DZON<D<J"}, /* as other languages read Ц */
        {"Ќе Ѓо Ѕ Ў", "KE<GO<DZ<U"},
    };
    for (size_t i = 0; i < COUNT(names); i++)
        assert_spelled(names[i].name, names[i].mrz);
}

/* The worked examples of Doc 9303-3, appendix B, and what its notes say. */
static void name_spells_arabic_letters_as_the_standard_s_examples(void **state)
{
    (void)state;
    static const spelling names[] = {
        {"ابو بكر محمد بن زكريا الرازي", "ABW<BKR<MXHMD<BN<ZKRYA<ALRAZY"},
        {"جمال عبد الناصر", "JMAL<EBD<ALNAXSSR"},
        {"جميلة نعيمة", "JMYLXAH<NEYMXAH"},
        {"عبد العزيز بن متعب", "EBD<ALEZYZ<BN<MTEB"},
        {"هاري الشماع", "HARY<ALXSHMAE"},
        {"فاطمة", "FAXTTMXAH"},
        {"فاطمة الزهراء", "FAXTTMXAH<ALZHRAXE"},
        {"فاطمةس", "FAXTTMXTAS"}, /* teh marbuta inside a part */
    };
    for (size_t i = 0; i < COUNT(names); i++)
        assert_spelled(names[i].name, names[i].mrz);
}

/* Note 3 of the table: the shadda doubles the letter below it. */
static void name_doubles_an_arabic_letter_under_a_shadda(void **state)
{
    (void)state;
    assert_spelled("عبّاس", "EBBAS");
    assert_spelled("إسماعيل عزّ الدين", "ISMAEYL<EZZ<ALDYN");
    assert_spelled("فضّة", "FXDZXDZXAH");
    assert_spelled("عب\u064e\u0651اس", "EBBAS"); /* a fatha before it, as normal forms order them */
    assert_spelled("عب\u0651\u064eاس", "EBBAS");
    assert_spelled("\u0651عباس", "EBAS"); /* nothing to double */
    assert_spelled("عب \u0651اس", "EB<AS");
}

static void name_leaves_out_arabic_vowel_signs(void **state)
{
    (void)state;
    assert_spelled("مُحَمَد", "MXHMD");
    assert_spelled("فاطمةُ", "FAXTTMXAH"); /* still at its end */
    assert_spelled("مـحـمـد", "MXHMD");   /* tatweel */
    assert_spelled("ب\u064b\u065f\u0670", "B");
    assert_refused("ب\u0660"); /* a digit */
}

static void name_spells_persian_and_urdu_letters(void **state)
{
    (void)state;
    assert_spelled("پرویز", "PRWXYAZ");
    assert_spelled("چنگیز گل", "XCNXGGXYAZ<XGGL");
    assert_spelled("ژاله", "XJALH");
}

/* The same name composed and decomposed: fonts, keyboards and file systems differ. */
static void name_is_the_same_decomposed(void **state)
{
    (void)state;
    static const struct {
        const char *composed, *decomposed;
    } letters[] = {
        {"À", "A\u0300"}, {"Á", "A\u0301"}, {"Â", "A\u0302"}, {"Ã", "A\u0303"}, {"Ä", "A\u0308"},
        {"Å", "A\u030a"}, {"Ç", "C\u0327"}, {"È", "E\u0300"}, {"É", "E\u0301"}, {"Ê", "E\u0302"},
        {"Ë", "E\u0308"}, {"Ì", "I\u0300"}, {"Í", "I\u0301"}, {"Î", "I\u0302"}, {"Ï", "I\u0308"},
        {"Ñ", "N\u0303"}, {"Ò", "O\u0300"}, {"Ó", "O\u0301"}, {"Ô", "O\u0302"}, {"Õ", "O\u0303"},
        {"Ö", "O\u0308"}, {"Ù", "U\u0300"}, {"Ú", "U\u0301"}, {"Û", "U\u0302"}, {"Ü", "U\u0308"},
        {"Ý", "Y\u0301"}, {"Ā", "A\u0304"}, {"Ă", "A\u0306"}, {"Ą", "A\u0328"}, {"Ć", "C\u0301"},
        {"Ĉ", "C\u0302"}, {"Ċ", "C\u0307"}, {"Č", "C\u030c"}, {"Ď", "D\u030c"}, {"Ē", "E\u0304"},
        {"Ĕ", "E\u0306"}, {"Ė", "E\u0307"}, {"Ę", "E\u0328"}, {"Ě", "E\u030c"}, {"Ĝ", "G\u0302"},
        {"Ğ", "G\u0306"}, {"Ġ", "G\u0307"}, {"Ģ", "G\u0327"}, {"Ĥ", "H\u0302"}, {"Ĩ", "I\u0303"},
        {"Ī", "I\u0304"}, {"Ĭ", "I\u0306"}, {"Į", "I\u0328"}, {"İ", "I\u0307"}, {"Ĵ", "J\u0302"},
        {"Ķ", "K\u0327"}, {"Ĺ", "L\u0301"}, {"Ļ", "L\u0327"}, {"Ľ", "L\u030c"}, {"Ń", "N\u0301"},
        {"Ņ", "N\u0327"}, {"Ň", "N\u030c"}, {"Ō", "O\u0304"}, {"Ŏ", "O\u0306"}, {"Ő", "O\u030b"},
        {"Ŕ", "R\u0301"}, {"Ŗ", "R\u0327"}, {"Ř", "R\u030c"}, {"Ś", "S\u0301"}, {"Ŝ", "S\u0302"},
        {"Ş", "S\u0327"}, {"Š", "S\u030c"}, {"Ș", "S\u0326"}, {"Ţ", "T\u0327"}, {"Ť", "T\u030c"},
        {"Ț", "T\u0326"}, {"Ũ", "U\u0303"}, {"Ū", "U\u0304"}, {"Ŭ", "U\u0306"}, {"Ů", "U\u030a"},
        {"Ű", "U\u030b"}, {"Ų", "U\u0328"}, {"Ŵ", "W\u0302"}, {"Ŷ", "Y\u0302"}, {"Ÿ", "Y\u0308"},
        {"Ź", "Z\u0301"}, {"Ż", "Z\u0307"}, {"Ž", "Z\u030c"}, {"Ё", "Е\u0308"}, {"Й", "И\u0306"},
        {"Ї", "І\u0308"}, {"Ѓ", "Г\u0301"}, {"Ќ", "К\u0301"}, {"Ў", "У\u0306"}, {"آ", "ا\u0653"},
        {"أ", "ا\u0654"}, {"ؤ", "و\u0654"}, {"إ", "ا\u0655"}, {"ئ", "ي\u0654"}, {"ۂ", "ہ\u0654"},
        {"ۓ", "ے\u0654"}, {"ۀ", "ە\u0654"},
    };
    for (size_t i = 0; i < COUNT(letters); i++) {
        static const char *const places[][2] = {
            {"", ""}, {"B", ""}, {"", "B"}, {"G", "E"}, {"A ", " A"}};
        for (size_t k = 0; k < COUNT(places); k++) {
            char composed[32], decomposed[32], spelled[GARITA_MRZ_NAME_MAX];
            size_t len;
            strcat(strcat(strcpy(composed, places[k][0]), letters[i].composed), places[k][1]);
            strcat(strcat(strcpy(decomposed, places[k][0]), letters[i].decomposed), places[k][1]);
            assert_ok(garita_name_mrz(spelled, &len, composed, strlen(composed)));
            assert_spelled(decomposed, spelled);
        }
    }
}

/* Every letter of the tables has one spelling in either case. */
static void name_is_the_same_in_lower_case(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŸ", "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"},
        {"ĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇ", "āăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņň"},
        {"ŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŹŻŽȘȚ", "ŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžșț"},
        {"АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", "абвгдежзийклмнопрстуфхцчшщъыьэюя"},
        {"ЁЂЃЄЅІЇЈЉЊЌЎЏҐҒҺѪѴ", "ёђѓєѕіїјљњќўџґғһѫѵ"},
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        char spelled[GARITA_MRZ_NAME_MAX];
        size_t len;
        assert_ok(garita_name_mrz(spelled, &len, pairs[i][0], strlen(pairs[i][0])));
        assert_spelled(pairs[i][1], spelled);
    }
}

static void name_refuses_what_no_table_lists(void **state)
{
    (void)state;
    static const char *const names[] = {"王小明",     "WANG 小明", "김",      "Παπαδόπουλος",
                                        "ANA 2",      "A/B",       "A_B",     "ĸ",
                                        "\U0001f600", "ש",         "A\u00ad", ""};
    for (size_t i = 0; i < COUNT(names); i++)
        assert_refused(names[i]);
}

static void name_leaves_out_every_combining_mark(void **state)
{
    (void)state;
    assert_spelled("E\u0300\u036f", "E");
    assert_refused("E\u0370");
}

static void name_refuses_one_without_a_letter(void **state)
{
    (void)state;
    static const char *const names[] = {" ", "-", "'", "\u0308", "Ь", "\u0651"};
    for (size_t i = 0; i < COUNT(names); i++)
        assert_refused(names[i]);
}

static void name_fits_its_buffer_at_its_longest(void **state)
{
    (void)state;
    char name[GARITA_HOLDER_NAME_BYTES_MAX], *out = malloc(GARITA_MRZ_NAME_MAX);
    static const char *const units[] = {"Щ", "Щ ", "فّ", "ضّّ", "ة ", "A", "A-", "ﬀ"};
    for (size_t i = 0; i < COUNT(units); i++) {
        size_t unit_len = strlen(units[i]), len = 0, out_len;
        while (len + unit_len <= sizeof name) {
            memcpy(name + len, units[i], unit_len);
            len += unit_len;
        }
        garita_name_mrz(out, &out_len, name, len); /* AddressSanitizer watches out's end */
        assert_true(out_len < GARITA_MRZ_NAME_MAX);
        assert_int_equal(out[out_len], '\0');
    }
    free(out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_spells_latin_letters),
        cmocka_unit_test(name_spells_a_spanish_u_with_diaeresis_as_u),
        cmocka_unit_test(name_leaves_out_apostrophes_and_joins_at_hyphens),
        cmocka_unit_test(name_spells_cyrillic_letters),
        cmocka_unit_test(name_spells_arabic_letters_as_the_standard_s_examples),
        cmocka_unit_test(name_doubles_an_arabic_letter_under_a_shadda),
        cmocka_unit_test(name_leaves_out_arabic_vowel_signs),
        cmocka_unit_test(name_spells_persian_and_urdu_letters),
        cmocka_unit_test(name_is_the_same_decomposed),
        cmocka_unit_test(name_is_the_same_in_lower_case),
        cmocka_unit_test(name_refuses_what_no_table_lists),
        cmocka_unit_test(name_leaves_out_every_combining_mark),
        cmocka_unit_test(name_refuses_one_without_a_letter),
        cmocka_unit_test(name_fits_its_buffer_at_its_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

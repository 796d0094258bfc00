/*
 * value.h - reading and printing one value of the configuration by its row's type.
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "bering/config.h"
#include "config/table.h"

/*
 * Reads text into the row's field. Returns NULL, or what would be right ("a number from 1 to 64"; malloc'd), the field
 * as it was.
 */
char *config_value_set(struct config *config, const struct config_row *row, const char *text);

/* Prints the field as config_value_set would read it again; a secret is masked. */
void config_value_print(const struct config *config, const struct config_row *row, FILE *out);

/* Whether both have the same in the row's field. */
bool config_value_equal(const struct config *one, const struct config *other, const struct config_row *row);

/* Exchanges the row's field. */
void config_value_swap(struct config *one, struct config *other, const struct config_row *row);

/* Copies the row's field, which is no text. */
void config_value_copy(struct config *config, const struct config *source, const struct config_row *row);

/* Whether the row's field is a text, which belongs to its configuration. */
bool config_value_is_text(const struct config_row *row);

/* Frees what config_value_set allocated for the row. */
void config_value_free(struct config *config, const struct config_row *row);

#endif

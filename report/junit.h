/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* junit.xml: one test case for each check, for CI systems.
 *
 * Pure. FAIL is a failure, ERROR (and a check that the run ended in) an error, SKIP skipped; WARN passes, with its findings
 * as output. Facts stand in the elements' text, because some readers ignore every attribute but the name.
 * Spec.  The JUnit report format as Jenkins, GitLab and GitHub read it; XML 1.0.
 */
#ifndef KIRIWAKE_REPORT_JUNIT_H
#define KIRIWAKE_REPORT_JUNIT_H

#include "report/digest.h"

/* The whole file, once the digest is complete. */
void junit_write(const struct digest *d, struct sink out);

#endif
